from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import WireFormatError
from models.incidents.incident import Incident
from streams.kafka.incident_topic import decode_incident


def test_an_incident_is_what_was_sent(make_incident: Callable[..., Incident]) -> None:
    assert decode_incident(msgspec.json.encode(make_incident())) == make_incident()


@given(st.binary(max_size=80))
def test_anything_else_is_refused_in_one_line(value: bytes) -> None:
    with pytest.raises(WireFormatError) as caught:
        decode_incident(value)
    assert "\n" not in str(caught.value)
