"""Every line of a growing log reaches Kafka once, whatever is killed."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
import yaml
from kafka.admin import NewTopic
from moto.server import ThreadedMotoServer
from real_parts import wait_for
from shared_kafka import own_topics
from test_page_arrives import read_topic, run, sellerwatch

from models.domain.event_batch import decode_batch
from models.domain.redaction import SubjectHasher
from streams.kafka.clients import make_admin, make_producer
from streams.settings.secrets import redaction_key
from streams.settings.settings import Settings, load_settings

PLANTED = ("Jane Planted", "planted.person@example.com", "4711 Hidden Lane", "902-7777777-1")


@pytest.fixture
def config(kafka: str, tmp_path: Path) -> Path:
    """Settings with their own topics."""
    (tmp_path / "key").write_text("ab" * 32)
    topics = own_topics()
    values = {
        "kafka": {"brokers": [kafka]},
        "topics": topics,
        "sources": {
            "redaction_key_file": str(tmp_path / "key"),
            "state_directory": str(tmp_path / "state"),
            "poll_seconds": 0.1,
            "flush_seconds": 0.3,
            "kafka_group": topics["events"],
            "s3_places": ["logs/a/"],
        },
    }
    path = tmp_path / "sellerwatch.yaml"
    path.write_text(yaml.safe_dump(values))
    run("topics", "create", "--config", str(path))
    return path


def line(number: int, **fields: object) -> str:
    record = {
        "time": 1767225600 + number, "request_id": f"r-{number}", "seller_id": "A1",
        "application_id": f"app-{number % 5}", "method": "GET", "path": "/orders/v0/orders",
        "status": 200, "records": 1,
    }  # fmt: skip
    return json.dumps(record | fields) + "\n"


def make_raw_topic(settings: Settings, partitions: int) -> str:
    topic = f"{settings.topics.events}-raw"
    admin = make_admin(settings.kafka)
    admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])
    admin.close()
    return topic


def sent(config: Path) -> Counter[str]:
    settings = load_settings(config)
    key = redaction_key(settings.sources)
    assert key is not None
    # The hashes say which ids the log had.
    names = {SubjectHasher(key).event_id(f"r-{n}"): f"r-{n}" for n in range(30 * 400)}
    topic = settings.topics.events
    return Counter(
        names[event.event_id]
        for value in read_topic(config, topic)
        for event in decode_batch(value).events
    )


class Ingest:
    """An ingest process that is killed and restarted."""

    def __init__(self, config: Path, log: Path, *arguments: str) -> None:
        self.command = sellerwatch("ingest", *arguments, "--config", str(config))
        self.log = log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=60) == 0, self.log.read_text()
        return self.log.read_text()


def test_a_killed_follower_loses_and_repeats_nothing(config: Path, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    log = logs / "access.log"
    log.touch()
    ingest = Ingest(config, tmp_path / "ingest.log", "--follow", str(logs))
    for step in range(30):
        with log.open("a") as file:
            file.writelines(line(number) for number in range(step * 400, step * 400 + 400))
        time.sleep(0.25)
        if step in (8, 15, 22):
            ingest.kill()
            ingest.start()
        if step == 11:
            log.rename(logs / "access.log.1")
            log.touch()
        if step == 20:
            shutil.copy(log, logs / "access.log.2")
            os.truncate(log, 0)
            (logs / "access.log.3.gz").write_bytes(
                gzip.compress((logs / "access.log.1").read_bytes())
            )
            (logs / "access.log.1").unlink()
    expected = {f"r-{number}": 1 for number in range(30 * 400)}
    wait_for("every event", lambda: len(sent(config)) == len(expected), 120)
    ingest.stop()
    assert sent(config) == expected


def test_raw_topics_are_committed_behind_what_was_sent(config: Path, tmp_path: Path) -> None:
    settings = load_settings(config)
    topic = make_raw_topic(settings, partitions=1)
    producer = make_producer(settings.kafka)
    ingest = None
    for step in range(12):
        for number in range(step * 300, step * 300 + 300):
            producer.send(topic, line(number).encode())
        producer.send(topic, b"no json")
        producer.flush()
        if ingest is None:
            ingest = Ingest(config, tmp_path / "ingest.log", "--follow", f"kafka:{topic}")
        time.sleep(0.4)
        if step == 8:
            ingest.kill()
            ingest.start()
    producer.close()
    expected = {f"r-{number}": 1 for number in range(12 * 300)}
    wait_for("every event", lambda: len(sent(config)) == len(expected), 120)
    ingest.stop()
    assert sent(config) == expected
    letters = read_topic(config, settings.topics.dead_letters)
    assert {json.loads(letter)["reason"] for letter in letters} == {"not JSON"}
    again = run("ingest", f"kafka:{topic}", "--config", str(config))
    assert again.startswith("0 events, 0 skipped, 0 dead letters")


def test_members_of_a_group_hand_over_without_loss(config: Path, tmp_path: Path) -> None:
    settings = load_settings(config)
    topic = make_raw_topic(settings, partitions=4)
    producer = make_producer(settings.kafka)
    members: list[Ingest] = []

    def join(name: str) -> None:
        members.append(Ingest(config, tmp_path / f"{name}.log", "--follow", f"kafka:{topic}"))

    for step in range(60):
        if step in (0, 15):
            join(f"member-{step}")
        if step == 30:
            members[0].stop()
            join("member-30")
        if step == 45:
            members[1].kill()
        for number in range(step * 100, step * 100 + 100):
            producer.send(topic, line(number).encode(), partition=number % 4)
        producer.flush()
        time.sleep(0.25)
    producer.close()
    expected = {f"r-{number}": 1 for number in range(60 * 100)}
    wait_for("every event", lambda: len(sent(config)) == len(expected), 120)
    members[2].stop()
    assert sent(config) == expected


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], object]]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    clients = []

    def client(service: str) -> object:
        clients.append(boto3.client(service))
        return clients[-1]

    yield client
    for opened in clients:
        opened.close()
    server.stop()


def test_objects_that_sqs_announces_are_read_once(config: Path, tmp_path: Path, aws) -> None:
    store, queue = aws("s3"), aws("sqs")
    store.create_bucket(
        Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    url = queue.create_queue(QueueName="notices")["QueueUrl"]

    def announce(key: str) -> None:
        place = {"bucket": {"name": "logs"}, "object": {"key": key}}
        body = json.dumps({"Records": [{"eventSource": "aws:s3", "s3": place}]})
        queue.send_message(QueueUrl=url, MessageBody=body)

    for number in range(20):
        records = [json.loads(line(number * 10 + n)) for n in range(10)]
        body = gzip.compress(json.dumps({"Records": records}).encode())
        store.put_object(Bucket="logs", Key=f"a/{number}.json.gz", Body=body)
        announce(f"a/{number}.json.gz")
    announce("a/3.json.gz")
    announce("a/gone.json.gz")
    announce("payroll/1.json.gz")
    queue.send_message(QueueUrl=url, MessageBody='{"Event":"s3:TestEvent"}')
    queue.send_message(QueueUrl=url, MessageBody="hello")
    said = run("ingest", f"sqs:{url}", "--config", str(config))
    assert "200 events, 11 skipped (10 duplicate, 1 object notice), 3 dead letters" in said
    assert sent(config) == {f"r-{number}": 1 for number in range(200)}
    waiting = queue.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    assert set(waiting.values()) == {"0"}


def test_a_wrong_queue_is_one_line(config: Path, aws) -> None:
    done = subprocess.run(
        sellerwatch("ingest", "sqs:http://127.0.0.1:1/x", "--config", str(config)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "check the queue's URL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_follower_of_the_same_state_is_refused(config: Path, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(line(1))
    first = Ingest(config, tmp_path / "ingest.log", "--follow", str(tmp_path / "a.log"))
    wait_for("the event", lambda: len(sent(config)) == 1)
    done = subprocess.run(
        sellerwatch("ingest", "--follow", str(tmp_path / "a.log"), "--config", str(config)),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "in use" in done.stderr
    assert "1 events, 0 skipped, 0 dead letters" in first.stop()


def test_what_was_sent_once_is_not_sent_again(config: Path, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(line(number) for number in range(500)))
    assert "500 events" in run("ingest", str(log), "--config", str(config))
    said = run("ingest", str(log), "--config", str(config))
    assert said.startswith("0 events, 500 skipped (500 duplicate)")


def test_nobody_who_is_planted_comes_out(config: Path, tmp_path: Path) -> None:
    name, mail, street, order = PLANTED
    trail = {
        "eventTime": "2026-01-01T00:00:00Z", "eventID": "e-1", "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject", "recipientAccountId": "111122223333",
        "requestParameters": {"bucketName": "customers", "key": f"{name}/{street}/{mail}.csv"},
        "resources": [{"ARN": f"arn:aws:s3:::customers/{name}.csv"}],
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/etl"},
        "userAgent": f"bot ({mail})", "responseElements": {"name": name},
    }  # fmt: skip
    select = trail | {
        "eventID": "e-2", "eventSource": "dynamodb.amazonaws.com", "eventName": "ExecuteStatement",
        "requestParameters": {"statement": f"SELECT * FROM o WHERE n='{name}' AND s='{street}'"},
    }  # fmt: skip
    records = [
        line(1, path=f"/orders/v0/orders/{order}/address", record_ids=[order, name]),
        line(2, query={"BuyerEmail": mail, "BuyerName": name}, user_agent=f"bot {mail}"),
        line(3, path=f"/customers/{name.replace(' ', '%20')}/{street}", query=f"q={mail}"),
        line(4, path=f"/x/{mail}?street={street}", report_type=name),
        line(5, time=f"the time of {name}"),
        line(6, seller_id=[name]),
        line(7, application_id=mail, credential_id=mail, marketplace_id=name),
        f"{name} {mail} {street} {order}\n",
        f'{{"{name}": "{mail}", "path": "{street}"}}\n',
        json.dumps(trail) + "\n",
        json.dumps(select) + "\n",
        json.dumps({"awslogs": {"data": f"{name}"}}) + "\n",
        json.dumps({"Type": "Notification", "Message": f"{{{name} {mail}"}) + "\n",
    ]
    log = tmp_path / "a.log"
    log.write_text("".join(records))
    said = run("ingest", str(log), "--config", str(config))
    run("detect", str(log), "--incidents", str(tmp_path / "out"), "--config", str(config))
    settings = load_settings(config)
    kept = said.encode() + (tmp_path / "out").read_bytes()
    kept += (tmp_path / "out.dead-letters").read_bytes()
    for topic in (settings.topics.events, settings.topics.dead_letters):
        kept += b"\n".join(read_topic(config, topic))
    for text in (*PLANTED, "Planted", "Hidden", "planted.person", "902-7777777"):
        assert text.encode() not in kept, text
