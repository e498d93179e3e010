from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.partitioner import partition_of
from models.errors import WireFormatError
from models.incidents.feedback import Feedback, Verdict
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


@given(st.binary(max_size=80))
def test_anything_else_is_refused_in_one_line(value: bytes) -> None:
    with pytest.raises(WireFormatError) as caught:
        decode_feedback(value)
    assert "\n" not in str(caught.value)
