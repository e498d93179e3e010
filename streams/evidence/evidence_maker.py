"""Makes the bundle of evidence of one incident."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO, Final

import msgspec

from models.domain.access_event import AccessEvent
from models.domain.event_batch import decode_batch
from models.domain.partitioner import partition_of
from models.incidents.activity import ACTIVITY_TYPE, Activity
from models.incidents.feedback import Feedback
from models.incidents.incident import Incident
from models.incidents.planned_change import PlannedChange
from streams.evidence.bundle_writer import BundleWriter
from streams.evidence.event_line import event_line
from streams.evidence.evidence_key import EvidenceKey
from streams.evidence.manifest import Making, Manifest, Source
from streams.evidence.readme_text import README
from streams.evidence.topic_extract import TopicExtract
from streams.kafka.audit_topic import decode_audit
from streams.kafka.feedback_topic import decode_feedback
from streams.kafka.incident_topic import decode_incident
from streams.kafka.topic_message import TopicMessage
from streams.kafka.topic_scan import TopicScan
from streams.presentation.alert_texts import is_of_the_fleet
from streams.settings.settings import Settings

# Tenant, principal, and when to stop -> the model's state as JSON; None if there is none.
ReadState = Callable[[str, str, float], bytes | None]
_AROUND: Final = timedelta(hours=1)
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
_MOST_EVENT_BYTES: Final = 512_000_000
_MOST_OTHER_BYTES: Final = 16_000_000
_Take = Callable[[TopicMessage], Iterator[bytes]]


@dataclass(frozen=True)
class MadeBundle:
    """A bundle that was written: its manifest, and the manifest's SHA-256."""

    manifest: Manifest
    digest: str

    @property
    def events(self) -> int:
        """How many events it holds."""
        return self.manifest.sources[0].found


class EvidenceMaker:
    """Gathers what the topics hold about an incident, in bounded time, memory and size.

    Parameters
    ----------
    settings
        The sections kafka and topics.
    key
        Signs the bundles; None leaves them unsigned.
    read_state
        Reads what the model knows of a principal.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        settings: Settings,
        key: EvidenceKey | None,
        read_state: ReadState,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._key = settings, key
        self._read_state, self._clock = read_state, clock

    def make(
        self, incident: Incident, made: Making, out: IO[bytes], *, seconds: float
    ) -> MadeBundle:
        """Write the bundle of an incident; what cannot be had in time is missing and named.

        Parameters
        ----------
        incident
            Its newest state.
        made
            Who makes it.
        out
            Where it is written.
        seconds
            How long the reading of Kafka may take.

        Raises
        ------
        BrokerError
            If Kafka cannot be reached.
        """
        deadline = self._clock() + seconds
        writer = BundleWriter(out)
        writer.add("README.txt", [README.encode()])
        writer.add("incident.json", [msgspec.json.format(msgspec.json.encode(incident)) + b"\n"])
        names = self._settings.topics
        sources = [self._events(incident, writer, deadline)]
        for name, topic, take in (
            ("history.ndjson", names.incidents, _history_of(incident)),
            ("verdicts.ndjson", names.feedback, _verdicts_on(incident)),
            ("custody.ndjson", names.audit, _accesses_to(incident)),
        ):
            scan = self._scan(topic, incident, deadline)
            sources.append(_add(writer, name, TopicExtract(scan, take, _MOST_OTHER_BYTES)))
        state = self._read_state(incident.tenant, incident.principal, deadline)
        if state is not None:
            writer.add("model.json", [state])
        manifest = self._manifest(incident, made, tuple(sources), writer)
        return MadeBundle(manifest, writer.close(manifest, self._key))

    def _manifest(
        self, incident: Incident, made: Making, sources: tuple[Source, ...], writer: BundleWriter
    ) -> Manifest:
        since, until = _span(incident)
        return Manifest(
            incident_id=incident.incident_id,
            tenant=incident.tenant,
            principal=incident.principal,
            since=since,
            until=until,
            made=made,
            sources=sources,
            files=writer.files,
            signed_by=None if self._key is None else self._key.checking.fingerprint,
        )

    def _events(self, incident: Incident, writer: BundleWriter, deadline: float) -> Source:
        names = self._settings.topics
        partitions = None
        if not is_of_the_fleet(incident):
            counts = (names.partitions, *names.earlier_partitions)
            homes = {partition_of(incident.tenant, incident.principal, n) for n in counts}
            partitions = sorted(homes)
        scan = self._scan(names.events, incident, deadline, partitions)
        extract = TopicExtract(scan, _events_of(incident), _MOST_EVENT_BYTES)
        return _add(writer, "events.ndjson", extract)

    def _scan(
        self,
        topic: str,
        incident: Incident,
        deadline: float,
        partitions: list[int] | None = None,
    ) -> TopicScan:
        # Nothing arrives before it happens.
        return TopicScan(
            self._settings.kafka,
            topic,
            since_seconds=_span(incident)[0].timestamp(),
            deadline=deadline,
            partitions=partitions,
            clock=self._clock,
        )


def _add(writer: BundleWriter, name: str, extract: TopicExtract) -> Source:
    writer.add(name, extract.lines())
    return extract.source()


def _span(incident: Incident) -> tuple[datetime, datetime]:
    """Return the incident's time with an hour around it; a forged one may lie anywhere."""
    since = min(max(incident.exposure.since, _FIRST + _AROUND), _LAST) - _AROUND
    return since, min(max(incident.updated_at, since), _LAST) + _AROUND


def _events_of(incident: Incident) -> _Take:
    since, until = (time.timestamp() for time in _span(incident))
    begin, end = since + _AROUND.total_seconds(), until - _AROUND.total_seconds()
    known = {event.event_id for event in incident.evidence}
    is_fleet = is_of_the_fleet(incident)
    # As the packer writes the name; a message with escapes of another writer is decoded, too.
    name = msgspec.json.encode(incident.principal)[1:-1]

    def is_wanted(event: AccessEvent) -> bool:
        if is_fleet:
            return event.event_id in known
        is_theirs = event.principal == incident.principal and event.tenant == incident.tenant
        return is_theirs and since <= event.time <= until

    def take(message: TopicMessage) -> Iterator[bytes]:
        value = message.value or b""
        if is_fleet or name in value or b"\\" in value:
            for event in filter(is_wanted, decode_batch(value).events):
                yield event_line(event, message, in_incident=begin <= event.time <= end)

    return take


def _history_of(incident: Incident) -> _Take:
    key = incident.incident_id.encode("utf-8", "surrogatepass")

    def take(message: TopicMessage) -> Iterator[bytes]:
        if message.key == key and message.value:
            yield msgspec.json.encode(decode_incident(message.value))

    return take


def _verdicts_on(incident: Incident) -> _Take:
    key = incident.incident_id.encode("utf-8", "surrogatepass")
    entries = f"{ACTIVITY_TYPE}/".encode() + key + b"/"

    def take(message: TopicMessage) -> Iterator[bytes]:
        is_named = message.key == key or (message.key or b"").startswith(entries)
        if not is_named or not message.value:
            return
        # Decoding redacts the note.
        told = decode_feedback(message.value)
        if not isinstance(told, PlannedChange) and _is_on(told, incident):
            yield msgspec.json.encode(told)

    return take


def _is_on(told: Feedback | Activity, incident: Incident) -> bool:
    """Whether it is about the incident, and not under its id about somebody else's."""
    whose = told.incident_id, told.tenant, told.principal
    return whose == (incident.incident_id, incident.tenant, incident.principal)


def _accesses_to(incident: Incident) -> _Take:
    needle = incident.incident_id.encode("utf-8", "surrogatepass")

    def take(message: TopicMessage) -> Iterator[bytes]:
        if message.value and needle in message.value:
            record = decode_audit(message.value)
            if record.incident_id == incident.incident_id:
                yield msgspec.json.encode(record)

    return take
