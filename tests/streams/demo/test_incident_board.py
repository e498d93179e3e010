import msgspec

from streams.demo.incident_board import IncidentBoard
from streams.kafka.clients import make_admin, make_consumer, make_producer
from streams.kafka.topics import create_topics
from streams.settings.sections import KafkaSettings
from streams.settings.settings import Settings


def test_it_keeps_the_newest_state_and_tells_each_page_once(
    broker_address: str, make_incident
) -> None:
    settings = Settings(kafka=KafkaSettings(brokers=(broker_address,)))
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    states = [
        make_incident(page=False, paged_at=None, score=1.0),
        make_incident(score=2.0),
        make_incident(score=3.0),
    ]
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    for state in states:
        producer.send(settings.topics.incidents, value=msgspec.json.encode(state), partition=0)
    producer.flush()
    producer.close()
    consumer = make_consumer(settings.kafka, settings.topics.incidents)
    pages: list[float] = []
    board = IncidentBoard(consumer, lambda incident: pages.append(incident.score))
    for _ in range(50):
        board.poll(0.2)
        if board.incidents and board.incidents["i-1"].score == 3.0:
            break
    consumer.close()
    assert {name: i.score for name, i in board.incidents.items()} == {"i-1": 3.0}
    assert pages == [2.0]
