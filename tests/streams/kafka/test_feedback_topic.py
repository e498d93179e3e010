from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.incidents.activity import Activity, ActivityKind
from models.incidents.feedback import Feedback, Verdict
from models.incidents.planned_change import PlannedChange
from streams.kafka.feedback_topic import decode_feedback, encode_feedback


def test_a_verdict_goes_where_the_events_of_its_principal_go() -> None:
    verdict = Feedback(
        incident_id="i-1",
        tenant="A1",
        principal="app-1",
        verdict=Verdict.BENIGN,
        note="backfill",
        decided_at=datetime(2026, 1, 1, tzinfo=UTC),
        by="maria",
    )
    message = encode_feedback(verdict, partitions=12)
    assert message.partition == partition_of("A1", "app-1", 12)
    assert message.key == b"i-1"
    assert decode_feedback(message.value) == verdict


CHANGE = PlannedChange(
    tenant="A1",
    principal="app-1",
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    until=datetime(2026, 1, 2, tzinfo=UTC),
    records=1_000,
    reference="4711",
    why="backfill",
    declared_at=datetime(2026, 1, 1, tzinfo=UTC),
    by="maria",
)


def test_a_planned_change_goes_there_too_under_a_key_of_its_own() -> None:
    message = encode_feedback(CHANGE, partitions=12)
    assert message.partition == partition_of("A1", "app-1", 12)
    assert message.key == f"planned_change/{CHANGE.change_id}".encode()
    assert decode_feedback(message.value) == CHANGE


@pytest.mark.parametrize(
    "forged", [{"records": 0}, {"records": 10**12}, {"until": "2026-01-02T00:00:00"}, {"by": 7}]
)
def test_a_planned_change_that_is_none_is_refused(forged: dict) -> None:
    told = msgspec.json.decode(encode_feedback(CHANGE, 12).value) | forged
    with pytest.raises(WireFormatError, match="not a planned change"):
        decode_feedback(msgspec.json.encode(told))


def test_a_planned_change_is_redacted_when_it_is_read() -> None:
    written = msgspec.structs.replace(CHANGE, why="asked jane@example.com", by="jo@example.com")
    found = decode_feedback(encode_feedback(written, 12).value)
    assert (found.why, found.by) == ("asked [mail]", "jo")


def test_an_entry_of_a_log_has_a_key_of_its_own_so_that_none_replaces_another() -> None:
    entries = [
        Activity(
            incident_id="i-1",
            tenant="A1",
            principal="app-1",
            kind=ActivityKind.SAID,
            note=note,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            by="maria",
        )
        for note in ("rang the provider", "no answer")
    ]
    messages = [encode_feedback(entry, partitions=12) for entry in entries]
    assert len({message.key for message in messages}) == 2
    assert messages[0].key == f"activity/i-1/{entries[0].activity_id}".encode()
    assert [decode_feedback(message.value) for message in messages] == entries


@given(st.binary(max_size=80))
def test_anything_else_is_refused_in_one_line(value: bytes) -> None:
    with pytest.raises(WireFormatError) as caught:
        decode_feedback(value)
    assert "\n" not in str(caught.value)
