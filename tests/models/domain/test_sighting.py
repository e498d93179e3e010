"""Tests of what is known of an event."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.generational_map import GenerationalMap
from models.domain.sighting import UNKNOWN_CONTENT, Sighting, sight

EVENT = AccessEvent(
    event_id="1", time=1.5, tenant="A1", principal="p", principal_kind=PrincipalKind.ROLE,
    service="s3", operation="GetObject", outcome=Outcome.SUCCESS, content=7,
)  # fmt: skip
IDENTITIES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(5, 9)), max_size=60)


def variant(key: str, content: int) -> str:
    return f"{key} {content}"


@given(IDENTITIES)
def test_an_event_is_new_once_for_each_id_and_content(identities: list[tuple[str, int]]) -> None:
    known = GenerationalMap[str](1000)
    seen: set[tuple[str, int]] = set()
    for key, content in identities:
        found = sight(replace(EVENT, content=content), key, known, variant)
        if (key, content) in seen:
            assert found is Sighting.DUPLICATE
        elif any(key == one for one, _ in seen):
            assert found is Sighting.REUSED_ID
        else:
            assert found is Sighting.NEW
        seen.add((key, content))


def test_of_an_event_without_content_only_an_event_without_content_is_a_duplicate() -> None:
    known = GenerationalMap[str](1000, newer={"a": UNKNOWN_CONTENT})
    assert sight(replace(EVENT, content=0), "a", known, variant) is Sighting.DUPLICATE
    assert sight(EVENT, "a", known, variant) is Sighting.REUSED_ID
