from kafka.admin import KafkaAdminClient
from survey_events import event

from models.domain.event_batch import encode_batch
from streams.doctor.check import State
from streams.doctor.kafka_checks import check_kafka
from streams.doctor.log_survey import LogSurvey
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.settings.settings import Settings


def test_the_newest_events_are_surveyed(broker_address: str) -> None:
    settings = Settings(kafka={"brokers": [broker_address]})
    missing = list(check_kafka(settings, LogSurvey(), 0.0))
    assert {check.cures for check in missing if check.state is State.BROKEN} == {
        ("run 'sellerwatch topics create'",)
    }
    admin: KafkaAdminClient = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    producer = make_producer(settings.kafka, one_record_a_batch=True)
    for value in (encode_batch([event(), event(event_id="e-2")]), b"no batch"):
        sent = producer.send("access-events", value=value, partition=1)
        sent.get(timeout=20)
    producer.close()
    survey = LogSurvey()
    checks = list(check_kafka(settings, survey, 4e9))
    assert survey.events == 2
    assert [check.state for check in checks] == [State.OK, State.ADVICE]
    assert "hours ago" in checks[-1].told


def test_a_cluster_elsewhere_wants_copies_and_encryption(broker_address: str) -> None:
    port = broker_address.rpartition(":")[2]
    settings = Settings(kafka={"brokers": [broker_address, f"broker.example.com:{port}"]})
    told = [check.told for check in check_kafka(settings, LogSurvey(), 0.0)]
    assert any("not encrypted" in text for text in told)
    assert any("1 copies of each message" in text for text in told)
