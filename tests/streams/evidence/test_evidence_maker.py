import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.event_batch import encode_batch
from models.domain.partitioner import partition_of
from models.incidents.activity import ActivityKind, activity_on
from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Evidence, Incident
from streams.demo.embedded_broker import EmbeddedBroker
from streams.evidence.bundle_check import check_bundle
from streams.evidence.evidence_key import EvidenceKey
from streams.evidence.evidence_maker import EvidenceMaker, MadeBundle
from streams.evidence.manifest import Making
from streams.kafka.audit_topic import AuditAction, AuditRecord, encode_audit
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.feedback_topic import encode_feedback
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings

pytestmark = pytest.mark.xdist_group("evidence")


@pytest.fixture(scope="module")
def incident(make_incident: Callable[..., Incident]) -> Incident:
    begin = make_incident().opened_at
    return make_incident(incident_id="i-1", updated_at=begin + timedelta(minutes=41))


def event(incident: Incident, number: int, **changes: object) -> AccessEvent:
    values: dict[str, object] = {
        "event_id": f"e-{number}", "time": incident.exposure.since.timestamp() + number,
        "tenant": incident.tenant, "principal": incident.principal, "service": "orders",
        "principal_kind": PrincipalKind.APPLICATION, "operation": "getOrders",
        "outcome": Outcome.SUCCESS, "data_classes": (DataClass.CUSTOMER,), "records": 5,
        "subject_ids": (2**64 - 1, 7), "credential_id": "key-1",
    }  # fmt: skip
    return AccessEvent(**(values | changes))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, incident: Incident) -> Iterator[Settings]:
    with EmbeddedBroker(tmp_path_factory.mktemp("evidence") / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        fill(settings, incident)
        yield settings


def fill(settings: Settings, incident: Incident) -> None:
    names = settings.topics
    partition = partition_of(incident.tenant, incident.principal, names.partitions)
    own = [event(incident, number) for number in range(3)]
    others = [
        event(incident, 10, principal="app-2"), event(incident, 11, tenant="B2"),
        event(incident, 12, time=incident.exposure.since.timestamp() - 86_400),
        event(incident, -60), event(incident, 13, time=1e300),
    ]  # fmt: skip
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    key = incident.incident_id.encode()
    for batch in (own[:2], others, own[2:]):
        producer.send(names.events, value=encode_batch(batch), partition=partition).get(10)
    producer.send(names.events, value=b'["app-1"', partition=partition).get(10)
    for state in (msgspec.structs.replace(incident, score=1.0), incident):
        value = msgspec.json.encode(state)
        producer.send(names.incidents, key=key, value=value, partition=partition).get(10)
    verdict = feedback_on(
        incident, Verdict.MALICIOUS, note="ask jane@example.com", decided_at=incident.updated_at,
        by="maria",
    )  # fmt: skip
    message = encode_feedback(verdict, names.partitions)
    stranger = feedback_on(
        msgspec.structs.replace(incident, tenant="B2"), Verdict.BENIGN, note="",
        decided_at=incident.updated_at, by="mallory",
    )  # fmt: skip
    forged = encode_feedback(stranger, names.partitions)
    producer.send(names.feedback, key=key, value=forged.value, partition=message.partition).get(10)
    taken = activity_on(incident, ActivityKind.TAKEN, note="", at=incident.updated_at, by="alice")
    entry = encode_feedback(taken, names.partitions)
    producer.send(names.feedback, key=entry.key, value=entry.value, partition=entry.partition).get(
        10
    )
    # As a writer who does not redact.
    raw = message.value.replace(b"[mail]", b"jane@example.com")
    producer.send(names.feedback, key=key, value=raw, partition=message.partition).get(10)
    for seen in (incident.incident_id, "i-2"):
        record = AuditRecord(
            time=incident.updated_at, person="vera", role="viewer", action=AuditAction.READ,
            incident_id=seen, network="192.0.2.0/24",
        )  # fmt: skip
        producer.send(names.audit, value=encode_audit(record), partition=1).get(10)
    producer.close()


def made(
    settings: Settings, incident: Incident, key: EvidenceKey | None = None, seconds: float = 30.0
) -> tuple[MadeBundle, dict[str, bytes]]:
    maker = EvidenceMaker(settings, key, lambda *_: b'{"state":1}\n')
    making = Making(
        at=incident.updated_at, by="alice", role="responder", via="page", sellerwatch="0.1.0"
    )
    out = io.BytesIO()
    bundle = maker.make(incident, making, out, seconds=seconds)
    with zipfile.ZipFile(out) as archive:
        return bundle, {name: archive.read(name) for name in archive.namelist()}


def lines(data: bytes) -> list[dict]:
    return [json.loads(line) for line in data.splitlines()]


def test_a_bundle_holds_what_the_topics_hold(settings: Settings, incident: Incident) -> None:
    bundle, files = made(settings, incident)
    events = lines(files["events.ndjson"])
    assert [(one["event"]["event_id"], one["in_incident"]) for one in events] == [
        ("e-0", True), ("e-1", True), ("e--60", False), ("e-2", True),
    ]  # fmt: skip
    assert events[0]["event"]["subject_ids"] == ["f" * 16, f"{7:016x}"]
    assert [one["offset"] for one in events] == [0, 0, 1, 2]
    assert [one["score"] for one in lines(files["history.ndjson"])] == [1.0, incident.score]
    assert [one["by"] for one in lines(files["verdicts.ndjson"])] == [
        "alice", "maria",
    ]  # fmt: skip
    assert b"jane" not in b"".join(files.values())
    assert [one["person"] for one in lines(files["custody.ndjson"])] == ["vera"]
    assert json.loads(files["model.json"]) == {"state": 1}
    assert json.loads(files["incident.json"])["reasons"]
    assert bundle.events == 4
    assert bundle.manifest.gaps == ("1 messages of access-events are unreadable",)


def test_events_from_before_a_move_to_more_partitions_are_found(
    settings: Settings, incident: Incident
) -> None:
    names = settings.topics
    more = next(
        n
        for n in range(names.partitions + 1, 99)
        if partition_of(incident.tenant, incident.principal, n)
        != partition_of(incident.tenant, incident.principal, names.partitions)
    )
    grown = names.model_copy(update={"partitions": more, "earlier_partitions": (names.partitions,)})
    _, files = made(settings.model_copy(update={"topics": grown}), incident)
    _, before = made(settings, incident)
    assert files["events.ndjson"] == before["events.ndjson"] != b""


def test_it_is_signed_and_whole(
    settings: Settings, incident: Incident, key: EvidenceKey, tmp_path: Path
) -> None:
    maker = EvidenceMaker(settings, key, lambda *_: None)
    making = Making(at=incident.updated_at, by="a", role=None, via="command", sellerwatch="0.1.0")
    path = tmp_path / "evidence.zip"
    with path.open("wb") as out:
        bundle = maker.make(incident, making, out, seconds=30.0)
    found = check_bundle(path, key.checking)
    assert found.is_signed
    assert found.digest == bundle.digest
    assert "model.json" not in found.manifest.files


def test_what_takes_too_long_is_missing_and_named(settings: Settings, incident: Incident) -> None:
    bundle, files = made(settings, incident, seconds=0.0)
    assert files["events.ndjson"] == b""
    assert "access-events was not read to its end" in bundle.manifest.gaps


def test_a_surge_of_many_holds_the_events_that_it_names(
    settings: Settings, incident: Incident, fleet_incident: Incident
) -> None:
    named = Evidence.of(event(incident, 1))
    exposure = msgspec.structs.replace(
        fleet_incident.exposure, since=incident.exposure.since - timedelta(hours=1)
    )
    surge = msgspec.structs.replace(fleet_incident, evidence=(named,), exposure=exposure)
    _, files = made(settings, surge)
    assert [one["event"]["event_id"] for one in lines(files["events.ndjson"])] == ["e-1"]
