"""Personal data planted in raw logs appears in no output."""

import json
import re
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from real_parts import free_port, wait_for
from test_page_arrives import ingest, line, read_topic, running, write_settings

from streams.demo.embedded_broker import EmbeddedBroker

NAME, MAIL, STREET, ORDER = (
    "Jane Planted", "planted.person@example.com", "4711 Hidden Lane", "902-7777777-1",
)  # fmt: skip
CARD, PHONE = "4111111111111111", "+49 1555 0100123"
TRACES = (
    "Planted", "planted", "PLANTED", "Hidden", "4711", "902-7777777", CARD, "1555",
    "example.com",
)  # fmt: skip


def is_in(trace: str, text: str) -> bool:
    """Whether a text shows a trace; digits within a longer number, such as a hash, are none."""
    edges = (r"(?<!\d)", r"(?!\d)") if trace.isdigit() else ("", "")
    return re.search(re.escape(trace).join(edges), text) is not None


def planted_day() -> str:
    """Return a quiet day and an attack, with personal data in every field that may hold it."""
    quiet = [line(hour, n) for hour in range(24) for n in range(5)]
    read = {
        "path": f"/orders/v0/orders/{ORDER}/buyerInfo", "records": 100,
        "record_ids": [ORDER, NAME, MAIL], "query": {"BuyerEmail": MAIL, "BuyerName": NAME},
        "user_agent": f"payments/1.0 ({MAIL} {PHONE}) {NAME}/{ORDER}", "marketplace_id": STREET,
    }  # fmt: skip
    attack = [line(24, n, **read) for n in range(50)]
    odd = [
        line(24, 60, path=f"/customers/{NAME.replace(' ', '%20')}/{STREET}?mail={MAIL}"),
        line(24, 61, query=f"name={NAME}&street={STREET}", report_type=NAME),
        line(24, 62, seller_id=[NAME]), line(24, 63, time=f"when {NAME} came"),
        f"{NAME} {MAIL} {STREET} {ORDER}\n", json.dumps({NAME: MAIL, "path": STREET}) + "\n",
        json.dumps({"Type": "Notification", "Message": f"{{{NAME} {MAIL}"}) + "\n",
        json.dumps(trail("GetObject", "s3", {"bucketName": "customers", "key": f"{NAME}.csv"})),
        "\n",
        json.dumps(trail("ExecuteStatement", "dynamodb", {"statement": f"... n='{NAME}'"})) + "\n",
        json.dumps(trail("StartQueryExecution", "athena", {"queryString": f"... FROM {CARD}"})),
        "\n",
        json.dumps(trail("CopyObject", "s3", {"x-amz-copy-source": f"orders%2F{quote(NAME)}"})),
        "\n",
        json.dumps(trail("GetObject", "s3", {"bucketName": f"orders/{quote(quote(MAIL))}"})), "\n",
        line(24, 64, request_id=NAME, source_ip=PHONE.replace(" ", ".")),
        line(24, 65, user_agent=f"{NAME} {MAIL.replace('@', '&#64;')}", report_type="JANE_PLANTED"),
        json.dumps(trail("GetItem", "dynamodb", {"tableName": "buyers", "key": {"m": MAIL}})),
        "\n",
    ]  # fmt: skip
    return "".join(quiet + attack + odd)


def trail(name: str, service: str, parameters: dict[str, object]) -> dict[str, object]:
    return {
        "eventTime": "2026-01-02T00:10:00Z", "eventID": name, "eventName": name,
        "eventSource": f"{service}.amazonaws.com", "recipientAccountId": "111122223333",
        "requestParameters": parameters, "responseElements": {"name": NAME, "street": STREET},
        "resources": [{"ARN": f"arn:aws:s3:::customers/{NAME}/{STREET}.csv"}],
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/etl"},
        "userAgent": f"bot ({MAIL})", "sourceIPAddress": "192.0.2.9",
    }  # fmt: skip


def test_nobody_is_named_in_topics_metrics_logs_or_pages(tmp_path: Path) -> None:
    flag = "--embedded-broker"
    metrics_port = free_port()
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        config = write_settings(tmp_path, broker.address, metrics_port)
        with running(config, tmp_path, flag):
            said = ingest(config, tmp_path / "day.ndjson", planted_day(), flag)
            wait_for("the finding", lambda: read_topic(config, "access-findings") != [])
            with urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5) as answer:
                metrics = answer.read().decode()
            topics = {
                name: b"\n".join(read_topic(config, f"access-{name}")).decode()
                for name in ("events", "incidents", "dead-letters", "findings")
            }
        log = (tmp_path / "worker.log").read_text()
    assert all(topics.values())
    assert "sellerwatch_" in metrics
    for place, text in {"said": said, "metrics": metrics, "log": log, **topics}.items():
        found = [trace for trace in TRACES if is_in(trace, text)]
        assert found == [], place
