import msgspec
import pytest
from faust.types import TP

from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from streams.worker.agents.unreadable_message import unreadable_message


@pytest.mark.parametrize("value", [b"jane@example.com", None])
def test_it_says_where_and_why_and_never_what(value: bytes | None) -> None:
    hasher = SubjectHasher(bytes(32))
    message = unreadable_message(
        TP("access-events", 3), 17, value, "not a batch", topic="letters", hasher=hasher
    )
    letter = msgspec.json.decode(message.value, type=DeadLetter)
    assert message.topic == "letters"
    assert (letter.source, letter.position) == ("access-events", "partition 3 offset 17")
    assert (letter.reason, letter.size_bytes) == ("not a batch", len(value or b""))
    assert letter.digest == hasher.digest(value or b"")
    assert b"jane" not in message.value
