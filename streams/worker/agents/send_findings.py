"""Forwards every incident as an OCSF finding."""

import logging

import faust
import msgspec

from models.incidents.incident import Incident
from streams.exporters.ocsf_finding import detection_finding
from streams.kafka.raw_topic import raw_topic
from streams.settings.sections import TopicSettings

log = logging.getLogger("sellerwatch")


def finding_of(value: bytes) -> bytes | None:
    """Turn an incident's message into a finding's; None if it is not an incident.

    Examples
    --------
    >>> finding_of(b"no incident") is None
    True
    """
    try:
        incident = msgspec.json.decode(value, type=Incident)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return msgspec.json.encode(detection_finding(incident))


def add_send_findings(app: faust.App, names: TopicSettings) -> None:
    """Add the agent that reads incidents and writes findings with the same keys."""
    findings = raw_topic(app, names.findings, names.partitions)

    async def send_findings(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            finding = finding_of(event.value or b"")
            if finding is None:
                log.warning(
                    "%s offset %s: not an incident", event.message.topic, event.message.offset
                )
                continue
            # The incident's offset is committed after the finding is acknowledged.
            await (await findings.send(key=event.key, value=finding))

    incidents = raw_topic(app, names.incidents, names.partitions)
    app.agent(incidents, name="send-findings")(send_findings)
