"""Whoever chooses the ids of its requests must hide none of them, and be reported."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from account import KEY, Account
from typer.testing import CliRunner

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Outcome
from models.domain.event_batch import decode_batch, encode_batch
from models.domain.seller_notice import NOTICE_SERVICE
from models.incidents.incident import Incident
from streams.cli import build_cli
from streams.demo.embedded_broker import EmbeddedBroker
from streams.exporters.worker_metrics import WorkerMetrics
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import make_admin
from streams.kafka.topic_reader import TopicReader
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings
from streams.sources.files.read_events import read_events
from streams.sources.flow.event_memory import EventMemory
from streams.sources.flow.event_order import EventOrder
from streams.sources.formats.skipped import Skipped
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.partition_detectors import PartitionDetectors

Record = dict[str, Any]
# Records, and which of them are a thief's -> what the thief makes of them.
Forgery = Callable[[list[Record], set[int]], None]
BATCH = 250
REUSED = "sellerwatch_reused_request_ids_total"


def id_of(record: Record) -> str:
    return str(record.get("request_id") or record.get("eventID"))


def set_id(record: Record, name: str) -> None:
    record["eventID" if "eventID" in record else "request_id"] = name


def earlier(records: list[Record], number: int, stolen: set[int]) -> Record | None:
    """Return the honest call of the same log just before a thief's."""
    kind = "eventID" in records[number]
    before = (records[n] for n in range(number - 1, -1, -1) if n not in stolen)
    return next((record for record in before if ("eventID" in record) is kind), None)


def one_id_for_all(records: list[Record], stolen: set[int]) -> None:
    for number in stolen:
        set_id(records[number], "0" * 32)


def honest_ids(records: list[Record], stolen: set[int]) -> None:
    for number in sorted(stolen):
        honest = earlier(records, number, stolen)
        if honest is not None:
            set_id(records[number], id_of(honest))


def one_id_in_whole_seconds(records: list[Record], stolen: set[int]) -> None:
    """Reuse one id where the log tells whole seconds only."""
    one_id_for_all(records, stolen)
    for number in stolen:
        if "time" in records[number]:
            records[number]["time"] = records[number]["time"][:19] + "Z"


def own_earlier_ids(records: list[Record], stolen: set[int]) -> None:
    """Reuse ids of one's own first calls, one after the other."""
    own: dict[str, list[str]] = {}
    for number in sorted(stolen):
        who = str(records[number].get("application_id"))
        known = own.setdefault(who, [])
        if len(known) < 5:
            known.append(id_of(records[number]))
        else:
            set_id(records[number], known[number % 5])


def honest_ids_spelled_otherwise(records: list[Record], stolen: set[int]) -> None:
    spellings = (str.upper, str.title, " {}".format, "{}\t".format, "{}\u200b".format)
    for number in sorted(stolen):
        honest = earlier(records, number, stolen)
        if honest is not None:
            set_id(records[number], spellings[number % 5](id_of(honest)))


def endless_ids(records: list[Record], stolen: set[int]) -> None:
    """Choose an id of more characters than a field may have."""
    for number in stolen:
        if "request_id" in records[number]:
            records[number]["request_id"] = "r" * 5000


def no_ids(records: list[Record], stolen: set[int]) -> None:
    for number in stolen:
        if "request_id" in records[number]:
            records[number]["request_id"] = ""


def forged(account: Account, forge: Forgery) -> list[Record]:
    """Copy the account's records and let the thieves of its attacks change theirs."""
    records = [dict(record) for record in account.records]
    names = {name for attack in account.attacks for name in attack.event_ids}
    forge(records, {n for n, record in enumerate(records) if id_of(record) in names})
    return records


class Worker:
    """A worker's detectors of one partition, which may stop and start again from a checkpoint."""

    def __init__(self) -> None:
        self.metrics = WorkerMetrics(top_incidents=50)
        self.found: dict[str, Incident] = {}
        self._state: dict[bytes, bytes] = {}
        self._detectors = self._opened(None)

    def take(self, events: list[AccessEvent]) -> None:
        offset = self._detectors.next_offset(0)
        for incident in self._detectors.process(0, offset, encode_batch(events)):
            self.found[incident.incident_id] = incident

    def restart(self) -> None:
        changes = self._detectors.take_changes(0)
        self._state.update(changes.state)
        kept = {key: value for key, value in self._state.items() if value}
        self._detectors = self._opened(PartitionState(changes.offset, kept, changes.event_ids))

    def total(self, name: str) -> float:
        return self.metrics.registry.get_sample_value(name) or 0.0

    @property
    def scored(self) -> int:
        """How many events were scored."""
        value = self.metrics.registry.get_sample_value
        counts = (value("sellerwatch_events_total", {"outcome": outcome}) for outcome in Outcome)
        return int(sum(count or 0 for count in counts))

    def _opened(self, snapshot: PartitionState | None) -> PartitionDetectors:
        def detector(_: int) -> Detector:
            return Detector(DetectorSettings(), {})

        quiet = DetectorSettings().incident_quiet_seconds
        detectors = PartitionDetectors(detector, self.metrics, quiet, 300.0, lambda: 0.0)
        detectors.open(0, 0, snapshot)
        return detectors


def ingested(events: Iterable[AccessEvent]) -> Iterator[AccessEvent]:
    """Yield what `ingest` sends."""
    order = EventOrder[None](EventMemory(), disorder_seconds=900, hold_seconds=0)
    for event in events:
        order.push(event, None)
        yield from (found for found, _, is_echo in order.ready() if not is_echo)
    yield from (found for found, _, is_echo in order.drain() if not is_echo)


def watched(
    account: Account, records: list[Record], *, restart_every: int = 0, remembers: bool = True
) -> Worker:
    """Send records through `ingest` and a worker; `remembers` says whether the former does."""
    parsed = account.parse(records)
    events = list(ingested(parsed)) if remembers else parsed
    worker = Worker()
    for number, start in enumerate(range(0, len(events), BATCH)):
        if restart_every and number % restart_every == 0:
            worker.restart()
        worker.take(events[start : start + BATCH])
    return worker


def test_honest_ids_tell_nothing(account: Account, honest_pages: set[str]) -> None:
    worker = watched(account, account.records)
    assert account.paged(worker.found.values()) == honest_pages
    assert worker.total(REUSED) == 0
    # A call that asks for a report is noted where the reports' notices arrive.
    notes = sum(event.service == NOTICE_SERVICE for event in account.parse(account.records))
    assert worker.scored == len({id_of(record) for record in account.records}) + notes


FORGERIES = (one_id_for_all, one_id_in_whole_seconds, honest_ids, own_earlier_ids)


@pytest.mark.parametrize("remembers", [True, False], ids=["ingest and worker", "worker alone"])
@pytest.mark.parametrize("forge", FORGERIES)
def test_a_reused_id_hides_no_call_and_is_counted(
    account: Account, honest_pages: set[str], forge: Forgery, remembers: bool
) -> None:
    records = forged(account, forge)
    worker = watched(account, records, remembers=remembers)
    assert account.paged(worker.found.values()) == honest_pages
    assert worker.scored >= len({id_of(record) for record in account.records})
    assert worker.total(REUSED) > 100


@pytest.mark.parametrize("forge", [honest_ids_spelled_otherwise, endless_ids, no_ids])
def test_a_strange_id_hides_no_call(
    account: Account, honest_pages: set[str], forge: Forgery
) -> None:
    worker = watched(account, forged(account, forge))
    assert account.paged(worker.found.values()) == honest_pages
    assert worker.scored >= len({id_of(record) for record in account.records})


@pytest.mark.parametrize("forge", [own_earlier_ids, honest_ids])
def test_a_worker_that_starts_again_knows_the_ids_from_before(
    account: Account, honest_pages: set[str], forge: Forgery
) -> None:
    records = forged(account, forge)
    straight = watched(account, records, remembers=False)
    restarted = watched(account, records, restart_every=9, remembers=False)
    assert account.paged(restarted.found.values()) == honest_pages
    assert restarted.total(REUSED) == straight.total(REUSED) > 0


def test_a_log_of_envoy_whose_client_sets_the_id(account: Account) -> None:
    def of_envoy(records: list[Record]) -> list[Record]:
        return [envoy(record) for record in records if "request_id" in record]

    honest = watched(account, of_envoy(account.records))
    worker = watched(account, of_envoy(forged(account, one_id_for_all)))
    pages = account.paged(honest.found.values())
    assert len(pages) >= 4
    assert account.paged(worker.found.values()) == pages
    assert worker.total(REUSED) > 100


def envoy(record: Record) -> Record:
    """Write a call of the seller API as Envoy does."""
    query = record.get("query") or {}
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    kept = (
        "request_id", "method", "seller_id", "application_id", "user_id", "credential_id",
        "grant", "records", "user_agent", "report_type",
    )  # fmt: skip
    return {name: record.get(name) for name in kept} | {
        "start_time": record["time"],
        "path": f"{record['path']}?{asked}" if asked else record["path"],
        "response_code": record["status"],
        "bytes_sent": record.get("response_bytes"),
        "downstream_direct_remote_address_without_port": record["source_ip"],
    }


CALL: Record = {
    "time": "2026-01-01T00:00:00.250Z", "request_id": "r-1", "seller_id": "A1",
    "application_id": "app-1", "credential_id": "key-7", "method": "GET",
    "path": "/orders/v0/orders", "query": {"CreatedAfter": "2025-12-31"}, "status": 200,
    "response_bytes": 48211, "records": 50, "record_ids": ["902-1845936-5435065"],
    "source_ip": "192.0.2.10", "user_agent": "Bot/1",
}  # fmt: skip
TRAIL: Record = {
    "eventID": "6a3c1a2b-0000-4000-8000-000000000001", "eventTime": "2026-01-01T00:00:00Z",
    "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "sourceIPAddress": "192.0.2.7",
    "recipientAccountId": "111122223333", "userAgent": "aws-cli/2",
    "requestParameters": {"bucketName": "customer-master", "key": "a.csv"},
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/etl",
                     "accessKeyId": "AKIAEXAMPLE"},
    "additionalEventData": {"bytesTransferredOut": 4096.0},
}  # fmt: skip
OTHER: tuple[tuple[Record, Record], ...] = (
    (CALL, {"time": "2026-01-01T00:00:00.251Z"}),
    (CALL, {"application_id": "app-2"}),
    (CALL, {"credential_id": "key-8"}),
    (CALL, {"method": "PUT"}),
    (CALL, {"path": "/orders/v0/Orders"}),
    (CALL, {"query": {"CreatedAfter": "2025-12-30"}}),
    (CALL, {"query": {"CreatedAfter": "2025-12-31", "NextToken": "2"}}),
    (CALL, {"status": 404}),
    (CALL, {"response_bytes": 48212}),
    (CALL, {"records": 51}),
    (CALL, {"record_ids": ["902-1845936-5435066"]}),
    (CALL, {"report_type": "GET_FLAT_FILE_ORDERS"}),
    (CALL, {"source_ip": "192.0.2.11"}),
    (CALL, {"body": {"reportType": "GET_A"}}),
    (CALL | {"body": '{"reportType": "GET_A"}'}, {"body": '{"reportType": "GET_B"}'}),
    (CALL | {"body": "no JSON, first"}, {"body": "no JSON, second"}),
    (CALL | {"body": '"' + 70_000 * "a" + '"'}, {"body": '"' + 70_000 * "b" + '"'}),
    (TRAIL, {"eventTime": "2026-01-01T00:00:01Z"}),
    (TRAIL, {"eventName": "GetObjectAcl"}),
    (TRAIL, {"eventSource": "s3express.amazonaws.com"}),
    (TRAIL, {"requestParameters": {"bucketName": "customer-master", "key": "b.csv"}}),
    (TRAIL, {"sourceIPAddress": "192.0.2.8"}),
    (TRAIL, {"errorCode": "AccessDenied"}),
    (TRAIL, {"additionalEventData": {"bytesTransferredOut": 4097}}),
    (TRAIL, {"userIdentity": TRAIL["userIdentity"] | {"accessKeyId": "AKIAOTHER"}}),
    (TRAIL, {"userIdentity": TRAIL["userIdentity"] | {"arn": "arn:aws:iam::111122223333:user/b"}}),
)
# What a second trail, a later catalogue or a data base of networks may tell otherwise.
SAME: tuple[tuple[Record, Record], ...] = (
    (CALL, {"asn": 64500, "country": "DE"}),
    (CALL, {"marketplace_id": "A1PA6795UKMFR9"}),
    (TRAIL, {"awsRegion": "us-east-1", "eventVersion": "1.11", "sharedEventID": "s-1"}),
    (TRAIL, {"additionalEventData": {"bytesTransferredOut": "4096", "SignatureVersion": "SigV4"}}),
    (TRAIL, {"requestParameters": {"key": "a.csv", "bucketName": "customer-master"}}),
    (TRAIL, {"resources": [{"ARN": "arn:aws:s3:::customer-master/a.csv"}]}),
)


def identities(records: Iterable[Record]) -> set[tuple[str, str, int]]:
    parser = make_parser(Settings(), "auto", KEY)
    events = [parser.parse(record, source="log", position="line 1")[0] for record in records]
    assert all(isinstance(event, AccessEvent) for event in events)
    return {(event.tenant, event.event_id, event.content) for event in events}


@pytest.mark.parametrize(("record", "change"), OTHER)
def test_whatever_differs_in_a_call_makes_another_event(record: Record, change: Record) -> None:
    assert len(identities([record, record | change])) == 2


@pytest.mark.parametrize(("record", "change"), SAME)
def test_what_only_describes_a_call_makes_no_other_event(record: Record, change: Record) -> None:
    assert len(identities([record, record | change])) == 1


def test_calls_without_an_id_are_told_apart_by_their_line(tmp_path: Path) -> None:
    log = tmp_path / "log.ndjson"
    log.write_text(3 * (json.dumps(CALL | {"request_id": None}) + "\n"))
    items = list(read_events([str(log)], make_parser(Settings(), "auto", KEY)))
    assert [type(item) for item in items] == 3 * [AccessEvent]
    assert not any(item.reused_id for item in items)


def test_what_cannot_be_encoded_is_no_way_to_look_alike() -> None:
    ids = [{"path": f"/orders/v0/\ud800{n}", "records": 10**n} for n in (1, 40)]
    assert len(identities(CALL | odd for odd in ids)) == 2


def test_files_ingest_and_worker_know_an_event_by_the_same_identity(tmp_path: Path) -> None:
    """One log by three ways: read from files, sent by `ingest`, scored by a worker."""
    records = [
        CALL,
        CALL,
        CALL | {"records": 51},
        CALL | {"records": 51},
        CALL | {"request_id": "R-1"},
        TRAIL,
        TRAIL | {"awsRegion": "us-east-1"},
        TRAIL | {"eventName": "GetObjectAcl"},
    ]
    log = tmp_path / "log.ndjson"
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    read = list(read_events([str(log)], make_parser(Settings(), "auto", KEY)))
    expected = [item for item in read if isinstance(item, AccessEvent)]
    assert len(expected) == 5
    assert [item.reason for item in read if isinstance(item, Skipped)] == 3 * ["duplicate"]
    sent = sent_by_ingest(tmp_path, log)
    assert sorted(sent, key=str) == sorted(expected, key=str)
    worker = Worker()
    worker.take(parsed(records))
    assert worker.total("sellerwatch_duplicate_events_total") == 3
    worker.take(sent)
    assert worker.total("sellerwatch_duplicate_events_total") == 3 + len(expected)
    assert worker.total(REUSED) == sum(event.reused_id for event in expected) == 2
    assert worker.scored == len(expected)


def parsed(records: Iterable[Record]) -> list[AccessEvent]:
    parser = make_parser(Settings(), "auto", KEY)
    return [parser.parse(record, source="log", position="line 1")[0] for record in records]  # type: ignore[misc]


def sent_by_ingest(folder: Path, log: Path) -> list[AccessEvent]:
    """Run `ingest` twice over a file; return what is on the topic."""
    (folder / "key").write_text(KEY.hex())
    with EmbeddedBroker(folder / "broker.log") as broker:
        settings = Settings(kafka=KafkaSettings(brokers=(broker.address,)))
        admin = make_admin(settings.kafka)
        create_topics(admin, settings)
        admin.close()
        config = folder / "sellerwatch.yaml"
        config.write_text(
            f"kafka: {{brokers: [{json.dumps(broker.address)}]}}\n"
            f"sources: {{redaction_key_file: {folder / 'key'}}}\n"
        )
        for _ in range(2):
            done = CliRunner().invoke(
                build_cli(),
                ["ingest", "--config", str(config), "--embedded-broker", str(log)],
                env=dict(os.environ),
            )
            assert done.exit_code == 0, done.output
        with TopicReader(settings.kafka, settings.topics.events) as reader:
            reader.from_beginning()
            return [
                event
                for message in reader.until_end()
                for event in decode_batch(message.value or b"").events
            ]
