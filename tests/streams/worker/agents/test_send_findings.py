"""Tests of sending incidents on as findings."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec

from models.incidents.incident import Exposure, Incident, IncidentStatus, Severity
from streams.settings.sections import TopicSettings
from streams.worker.agents.send_findings import add_send_findings, finding_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
INCIDENT = Incident(
    incident_id="i-1", status=IncidentStatus.OPEN, page=True, severity=Severity.HIGH,
    opened_at=NOW, paged_at=NOW, updated_at=NOW, tenant="A1", principal="app-1",
    credential_ids=(), kinds=(), data_classes=(), p_value=0.0, score=9.0, reasons=(), evidence=(),
    exposure=Exposure(calls=1, records=9, distinct_subjects=None, bytes=None, since=NOW),
    attack=(), runbook_url="https://example.com/runbook",
)  # fmt: skip


def test_an_incident_becomes_a_finding_with_its_id() -> None:
    value = finding_of(msgspec.json.encode(INCIDENT))
    assert msgspec.json.decode(value)["finding_info"]["uid"] == "i-1"


def test_what_is_no_incident_is_left_out() -> None:
    for value in (b"", b"{}", b"\xff"):
        assert finding_of(value) is None


class App:
    """Stands in for Faust: keeps the agent, and acknowledges a finding when it is awaited."""

    def __init__(self) -> None:
        self.log: list[tuple[str, object]] = []
        self.agents: dict[str, tuple[SimpleNamespace, Callable[..., Awaitable[None]]]] = {}

    def topic(self, name: str, **_: object) -> SimpleNamespace:
        async def acknowledged(key: bytes) -> None:
            self.log.append(("acknowledged", key))

        async def send(*, key: bytes, value: bytes) -> Awaitable[None]:
            self.log.append(("sent", msgspec.json.decode(value)["finding_info"]["uid"]))
            return acknowledged(key)

        return SimpleNamespace(name=name, send=send)

    def agent(self, topic: SimpleNamespace, name: str) -> Callable[..., None]:
        return lambda function: self.agents.update({name: (topic, function)})


def test_an_incident_counts_as_read_when_its_finding_is_acknowledged() -> None:
    app, names = App(), TopicSettings()
    add_send_findings(app, names)
    topic, send_findings = app.agents["send-findings"]
    assert topic.name == names.incidents

    async def events() -> AsyncIterator[SimpleNamespace]:
        for offset, value in enumerate((b"no incident", None, msgspec.json.encode(INCIDENT))):
            message = SimpleNamespace(topic=names.incidents, offset=offset)
            yield SimpleNamespace(message=message, key=b"i-1", value=value)
            app.log.append(("read", offset))

    asyncio.run(send_findings(SimpleNamespace(events=events)))
    assert app.log == [
        ("read", 0),
        ("read", 1),
        ("sent", "i-1"),
        ("acknowledged", b"i-1"),
        ("read", 2),
    ]
