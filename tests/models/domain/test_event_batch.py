import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.event_batch import decode_batch, encode_batch
from models.errors import WireFormatError

EVENTS = st.builds(
    AccessEvent,
    event_id=st.text(max_size=8),
    time=st.floats(0, 4e9),
    tenant=st.text(max_size=4),
    principal=st.text(max_size=4),
    principal_kind=st.sampled_from(PrincipalKind),
    service=st.just("orders"),
    operation=st.just("getOrders"),
    outcome=st.sampled_from(Outcome),
    data_classes=st.lists(st.sampled_from(DataClass), max_size=3).map(tuple),
    records=st.none() | st.integers(0, 2**60),
    subject_ids=st.lists(st.integers(0, 2**64 - 1), max_size=3).map(tuple),
    content=st.integers(0, 2**48 - 1),
    reused_id=st.booleans(),
    reach_seconds=st.none() | st.floats(0, 2e9),
)


@given(st.lists(EVENTS, max_size=5))
def test_a_batch_comes_back_as_it_was(events: list[AccessEvent]) -> None:
    assert decode_batch(encode_batch(events)).events == tuple(events)


@given(st.binary(max_size=60))
def test_anything_else_is_refused(value: bytes) -> None:
    try:
        batch = decode_batch(value)
    except WireFormatError:
        return
    assert batch.version == 1


def test_events_of_an_earlier_release_are_read_without_what_came_later() -> None:
    value = (
        b'[1,[["r-1",5.0,"A1","app-1","application","orders","getOrders","success",["customer"],'
        b'false,null,50,900,[7],"key-7","lwa","192.0.2.10",64500,"DE","Bot/1",3]]]'
    )
    (event,) = decode_batch(value).events
    assert (event.sequential_ids, event.content, event.reused_id) == (3, 0, False)
    assert event.reach_seconds is None


def test_a_later_version_names_the_cure() -> None:
    with pytest.raises(WireFormatError, match="upgrade the workers"):
        decode_batch(b"[2,[]]")
