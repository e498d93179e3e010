import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest
from faust.types import TP

from models.domain.dead_letter import DeadLetter
from models.domain.redaction import SubjectHasher
from models.errors import PlannedChangeError, VerdictError
from models.incidents.activity import Activity, ActivityKind
from models.incidents.feedback import Feedback, Verdict
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from streams.kafka.feedback_topic import encode_feedback
from streams.settings.sections import TopicSettings
from streams.worker.agents.apply_feedback import ApplyFeedbackAgent

NAMES = TopicSettings()
NOW = datetime(2026, 1, 1, 1, tzinfo=UTC).timestamp()
HOME = TP(NAMES.feedback, 2)
FEEDBACK = Feedback(
    incident_id="i-1",
    tenant="A1",
    principal="app-2",
    verdict=Verdict.BENIGN,
    note="",
    decided_at=datetime(2026, 1, 1, tzinfo=UTC),
    by="maria",
)
VALUE = encode_feedback(FEEDBACK, 4).value


class Worker:
    """What the agent works with; it writes down what is done, in order."""

    def __init__(self, *, remembers: bool = True, opens_after: int = 0) -> None:
        self.done: list[object] = []
        self.remembers = remembers
        self.incidents: dict[str, Incident] = {}
        self._looks_left = opens_after
        self.assigned = {HOME}
        self.agent = ApplyFeedbackAgent(
            SimpleNamespace(
                should_stop=False, consumer=SimpleNamespace(assignment=lambda: self.assigned)
            ),
            detectors=self,
            save=self.save,
            outbox=self,
            names=NAMES,
            hasher=SubjectHasher(bytes(32)),
            find_incident=self.incidents.get,
            refuse=lambda: self.done.append("refused"),
            clock=lambda: NOW,
            acknowledge=lambda incident: self.done.append(("paged", incident.incident_id)),
        )

    @property
    def partitions(self) -> tuple[int, ...]:
        self._looks_left -= 1
        return (2,) if self._looks_left < 0 else ()

    def apply_feedback(self, partition: int, feedback: Feedback) -> bool:
        if isinstance(feedback, PlannedChange):
            if feedback.reference == "unknown":
                message = "not a planned change: no such principal"
                raise PlannedChangeError(message)
            self.done.append(("planned", partition, feedback.reference))
        else:
            self.done.append(("applied", partition, feedback.incident_id))
        return self.remembers

    async def save(self, partition: int) -> None:
        self.done.append(("saved", partition))

    def put(self, messages: list) -> None:
        self.done.extend(messages)

    def read(self, *values: bytes | None) -> list[object]:
        class Stream:
            async def events(stream) -> AsyncIterator[object]:  # noqa: N805
                for offset, value in enumerate(values):
                    message = SimpleNamespace(tp=HOME, offset=offset)
                    yield SimpleNamespace(message=message, value=value)
                    self.done.append(("read", offset))

        asyncio.run(self.agent.apply(Stream()))
        return self.done


def test_a_verdict_counts_as_read_when_what_it_taught_is_saved() -> None:
    assert Worker().read(VALUE) == [("applied", 2, "i-1"), ("saved", 2), ("read", 0)]


def test_nothing_is_saved_when_nothing_was_learnt() -> None:
    assert Worker(remembers=False).read(VALUE) == [("applied", 2, "i-1"), ("read", 0)]


def test_a_verdict_waits_until_its_partition_is_open() -> None:
    assert Worker(opens_after=3).read(VALUE)[0] == ("applied", 2, "i-1")


def test_a_verdict_of_a_partition_that_has_gone_is_left_to_its_new_owner() -> None:
    worker = Worker(opens_after=1_000)
    worker.assigned = set()
    assert worker.read(VALUE) == [("read", 0)]


def test_anything_else_becomes_a_dead_letter_without_its_words() -> None:
    for number, value in enumerate((b"{jane@example.com", b"[]", None)):
        letter, read = Worker().read(value)
        assert read == ("read", 0)
        assert letter.topic == NAMES.dead_letters
        told = msgspec.json.decode(letter.value, type=DeadLetter)
        assert (told.source, told.position) == (NAMES.feedback, "partition 2 offset 0")
        assert told.reason.startswith("not a verdict"), number
        assert b"jane" not in letter.value


@pytest.mark.parametrize(
    "forged",
    [
        {"tenant": "somebody else"},
        {"principal": "app-9"},
        {"decided_at": datetime(9999, 12, 31, tzinfo=UTC)},
        {"decided_at": FEEDBACK.decided_at - timedelta(days=1)},
    ],
)
def test_a_verdict_that_does_not_belong_to_its_incident_is_refused(make_incident, forged) -> None:
    worker = Worker()
    worker.incidents["i-1"] = make_incident(principal="app-2")
    value = msgspec.json.encode(msgspec.structs.replace(FEEDBACK, **forged))
    refused, letter, read = worker.read(value)
    assert (refused, read) == ("refused", ("read", 0))
    assert b"not a verdict" in letter.value
    assert b"somebody" not in letter.value


def test_what_the_detector_refuses_becomes_a_dead_letter(make_incident) -> None:
    worker = Worker()
    worker.apply_feedback = _refuse
    refused, letter, _ = worker.read(VALUE)
    assert refused == "refused"
    assert b"not a verdict" in letter.value


def _refuse(partition: int, feedback: Feedback) -> bool:
    message = "not a verdict: it is another principal's"
    raise VerdictError(message)


CHANGE = PlannedChange(
    tenant="A1",
    principal="app-2",
    starts_at=FEEDBACK.decided_at,
    until=FEEDBACK.decided_at + timedelta(hours=6),
    records=200_000,
    reference="4711",
    why="backfill",
    declared_at=FEEDBACK.decided_at,
    by="maria",
)


def test_a_planned_change_is_applied_and_saved() -> None:
    done = Worker().read(encode_feedback(CHANGE, 4).value)
    assert done == [("planned", 2, "4711"), ("saved", 2), ("read", 0)]


@pytest.mark.parametrize(
    "forged",
    [
        {"tenant": "somebody else"},
        {"declared_at": datetime(9999, 12, 31, tzinfo=UTC)},
        {"until": FEEDBACK.decided_at},
        {"until": FEEDBACK.decided_at + timedelta(days=30)},
        {"reference": "unknown"},
    ],
)
def test_a_planned_change_that_is_foreign_or_impossible_becomes_a_dead_letter(
    forged: dict,
) -> None:
    told = msgspec.structs.replace(CHANGE, **forged)
    refused, letter, read = Worker().read(encode_feedback(told, 4).value)
    assert (refused, read) == ("refused", ("read", 0))
    reason = msgspec.json.decode(letter.value, type=DeadLetter).reason
    assert reason.startswith("not a planned change")


ENTRY = Activity(
    incident_id="i-1",
    tenant="A1",
    principal="app-2",
    kind=ActivityKind.SAID,
    note="rang the provider",
    at=FEEDBACK.decided_at,
    by="maria",
)


def test_an_entry_of_a_log_teaches_nothing() -> None:
    assert Worker().read(encode_feedback(ENTRY, 4).value) == [("read", 0)]


@pytest.mark.parametrize(
    "forged",
    [{"tenant": "somebody else"}, {"at": datetime(9999, 12, 31, tzinfo=UTC)}, {"note": ""}],
)
def test_an_entry_of_a_log_that_is_foreign_or_empty_becomes_a_dead_letter(forged: dict) -> None:
    told = msgspec.structs.replace(ENTRY, **forged)
    refused, letter, read = Worker().read(encode_feedback(told, 4).value)
    assert (refused, read) == ("refused", ("read", 0))
    reason = msgspec.json.decode(letter.value, type=DeadLetter).reason
    assert reason.startswith("not an activity")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": ActivityKind.TAKEN}, [("paged", "i-1")]),
        ({}, []),
        ({"kind": ActivityKind.TAKEN, "at": ENTRY.at - timedelta(minutes=30)}, []),
        ({"kind": ActivityKind.TAKEN, "incident_id": "i-9"}, []),
    ],
)
def test_the_pager_is_told_of_an_incident_that_was_just_taken(
    make_incident: Callable[..., Incident], fields: dict, told: list
) -> None:
    worker = Worker()
    worker.incidents["i-1"] = make_incident(principal="app-2")
    entry = msgspec.structs.replace(ENTRY, **fields)
    assert worker.read(encode_feedback(entry, 4).value) == [*told, ("read", 0)]
