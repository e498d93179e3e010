"""What docs/gateway.md says of each caller is what sellerwatch finds in the log of the gateway."""

import json
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from gateway_parts import Gateway, run_cli, running_gateway

FINANCES, ORDERS = "/finances/v0/financialEvents", "/orders/v0/orders"
pytestmark = pytest.mark.xdist_group("gateway")
KEYS = {
    "usual.example": "financial",
    "moved.example": "financial",
    "wide.example": "financial,customer",
    "tries.example": "financial",
    "bulk.example": "financial",
}
NOON = datetime(2026, 1, 15, 12, 5, tzinfo=UTC)
DECLARED = {"kind": "payment_processor", "allowed_data_classes": ["payment", "financial"]}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict]]:
    """The incidents by principal, after calls through the gateway."""
    root, folder = Path(__file__).resolve().parents[2], tmp_path_factory.mktemp("watched")
    with running_gateway("nginx", root, folder) as gateway:
        for name, classes in KEYS.items():
            gateway.add_key(name, "--classes", classes)
        calls = make_calls(gateway)
        lines = dated(gateway.wait_for_lines(calls))
    (folder / "log.json").write_text("\n".join([*earlier(lines[: len(KEYS)]), *lines, ""]))
    profiles = {name: DECLARED | {"expected_networks": ["127.0.0.0/8"]} for name in KEYS}
    profiles["moved.example"] = DECLARED | {"expected_networks": ["192.0.2.0/28"]}
    (folder / "principals.yaml").write_text(yaml.safe_dump({"principals": profiles}))
    settings, out = folder / "watch.yaml", folder / "incidents.ndjson"
    settings.write_text(yaml.safe_dump({"principals_file": str(folder / "principals.yaml")}))
    log = str(folder / "log.json")
    done = run_cli("detect", log, "--incidents", str(out), "--config", str(settings))
    assert " 0 dead letters" in done.stdout, done.stdout
    incidents = defaultdict(list)
    for line in out.read_text().splitlines():
        incident = json.loads(line)
        incidents[incident["principal"]].append(incident)
    return incidents


def make_calls(gateway: Gateway) -> int:
    """Call as docs/gateway.md tells, first once by each; return the number of calls."""
    calls = [(name, FINANCES) for name in KEYS]
    calls += [("usual.example", FINANCES)] * 2 + [("wide.example", ORDERS)]
    calls += [("tries.example", ORDERS)] * 40
    for application, path in calls:
        gateway.get(path, application)
        time.sleep(0.11)
    gateway.marketplace.answer = b" " * 200_000
    for _ in range(60):
        gateway.get(FINANCES, "bulk.example")
        time.sleep(0.11)
    for number in range(40):
        gateway.call("GET", ORDERS, [("x-amz-access-token", f"guess-{number}")])
        time.sleep(0.06)
    return len(calls) + 100


def dated(lines: list[str]) -> list[str]:
    """Date the lines to one hour of one day, whenever the test runs."""
    records = [json.loads(line) for line in lines]
    moved = NOON - datetime.fromisoformat(records[0]["time_iso8601"])
    for record in records:
        when = datetime.fromisoformat(record["time_iso8601"]) + moved
        record["time_iso8601"] = when.isoformat()
    return [json.dumps(record) for record in records]


def earlier(lines: list[str]) -> list[str]:
    """Date the first call of each back, hour by hour: a fortnight's habit."""
    made = []
    for hours in range(14 * 24, 1, -1):
        for number, line in enumerate(lines):
            record = json.loads(line)
            if record["application_id"] == "moved.example":
                continue
            when = datetime.fromisoformat(record["time_iso8601"]) - timedelta(hours=hours)
            record |= {"time_iso8601": when.isoformat(), "request_id": f"{hours}-{number}"}
            made.append(json.dumps(record))
    return made


def pages(incidents: list[dict]) -> set[str]:
    return {kind for incident in incidents if incident["page"] for kind in incident["kinds"]}


def test_who_reads_what_it_may_from_where_it_should_pages_nobody(found: dict) -> None:
    assert pages(found["usual.example"]) == set()


def test_a_key_in_other_hands_pages_at_its_first_read(found: dict) -> None:
    assert "new_network" in pages(found["moved.example"])


def test_a_key_that_may_more_than_its_purpose_pages_at_the_first_read(found: dict) -> None:
    assert "purpose_violation" in pages(found["wide.example"])


def test_far_more_than_usual_pages(found: dict) -> None:
    assert "bulk_read" in pages(found["bulk.example"])


def test_a_run_of_refused_reads_pages_by_the_name_of_the_third_party(found: dict) -> None:
    assert "enumeration" in pages(found["tries.example"])
    (incident,) = (one for one in found["tries.example"] if one["page"])
    assert incident["credential_ids"][0].startswith("tries.example-")


def test_guesses_at_keys_page_nobody(found: dict) -> None:
    """They are hopeless, and an address on the internet has them every day."""
    assert pages(found["gateway:unknown-key"]) == set()
