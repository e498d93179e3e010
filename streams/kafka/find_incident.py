"""Finds an incident by its id."""

from models.errors import InputError, WireFormatError
from models.incidents.incident import Incident
from streams.kafka.incident_topic import decode_incident
from streams.kafka.topic_message import TopicMessage
from streams.kafka.topic_reader import TopicReader
from streams.settings.settings import Settings


def find_incident(settings: Settings, incident_id: str) -> Incident:
    """Read the last state of an incident from its topic.

    Raises
    ------
    InputError
        If it is not there, or cannot be read.
    BrokerError
        If Kafka cannot be reached.
    """
    topic = settings.topics.incidents
    key = incident_id.encode("utf-8", "surrogatepass")
    newest: TopicMessage | None = None
    with TopicReader(settings.kafka, topic) as reader:
        reader.from_beginning()
        for read in reader.until_end():
            if read.key == key and (newest is None or read.is_newer_than(newest)):
                newest = read
    if newest is None or newest.value is None:
        message = (
            f"incident {incident_id[:80]} is not on {topic}: "
            "copy the id from the page or from its address"
        )
        raise InputError(message)
    try:
        return decode_incident(newest.value)
    except WireFormatError as error:
        message = f"incident {incident_id[:80]} on {topic} cannot be read: {error}"
        raise InputError(message) from error
