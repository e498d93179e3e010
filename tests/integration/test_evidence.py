"""A responder takes evidence from a worker's page; whoever has the public key checks it."""

import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from http.cookiejar import CookieJar
from pathlib import Path

import yaml
from real_parts import process, wait_for
from sample_account import PROCESSOR, night_events
from test_incident_pages import broker, get_json, worst, write_settings  # noqa: F401

from streams.ingest.packer import Packer
from streams.kafka.clients import make_admin, make_producer
from streams.kafka.topics import create_topics
from streams.settings.settings import load_settings

OTHERS = b"app-erp-bridge"


def signed_settings(folder: Path, address: str) -> Path:
    config = write_settings(folder, address)
    for command in (
        "openssl genpkey -algorithm ed25519 -out evidence.pem",
        "openssl pkey -in evidence.pem -pubout -out evidence.pub",
    ):
        subprocess.run(command.split(), cwd=folder, check=True)
    values = yaml.safe_load(config.read_text())
    config.write_text(yaml.safe_dump(values | {"evidence": {"key_file": f"{folder}/evidence.pem"}}))
    return config


def download(web: str, incident: str) -> tuple[bytes, str]:
    """Press the button as a browser does."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{web}/incidents/{incident}", timeout=30).read().decode()
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    form = urllib.parse.urlencode({"form_token": token[1]}).encode()
    answer = opener.open(f"{web}/incidents/{incident}/evidence", form, timeout=90)
    return answer.read(), answer.headers["X-Manifest-SHA256"]


def sellerwatch(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streams", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def lines(data: bytes) -> list[dict]:
    return [json.loads(line) for line in data.splitlines()]


def test_a_bundle_from_the_page_and_one_by_command_say_the_same(
    broker: tuple,  # noqa: F811
    tmp_path: Path,
) -> None:
    address, flags = broker
    config = signed_settings(tmp_path, address)
    settings = load_settings(config)
    admin = make_admin(settings.kafka)
    create_topics(admin, settings)
    admin.close()
    producer = make_producer(settings.kafka, one_record_a_batch=bool(flags))
    packer = Packer(producer, settings.topics, settings.packer)
    for event in night_events():
        packer.add(event)
    packer.flush()
    stolen = [e.event_id for e in night_events() if e.event_id.startswith("AKSELLER0PAY-n-")]
    worker = [sys.executable, "-m", "streams", "worker", "--config", str(config), *flags]
    web = f"http://127.0.0.1:{settings.worker.web_port}"
    paths = {via: tmp_path / f"{via}.zip" for via in ("page", "command")}
    with process(worker, tmp_path / "worker.log"):
        wait_for("the page of the incident", lambda: worst(web) != {})
        incident = worst(web)["incident_id"]

        def has_state() -> bool:
            data, _ = download(web, incident)
            paths["page"].write_bytes(data)
            return "model.json" in zipfile.ZipFile(paths["page"]).namelist()

        wait_for("a checkpoint", has_state)
        report = f"{web}/report?from=2026-01-20&to=2026-01-26"
        told = urllib.request.urlopen(report, timeout=90).read().decode()
        pdf = urllib.request.urlopen(report.replace("report?", "report.pdf?"), timeout=90).read()
        since = get_json(f"{web}/api/incidents/{incident}")["incident"]["exposure"]["since"]
    assert "the payment processor app-payments-eu" in told
    assert "customer: 5,603 records in 72 calls" in told
    assert "Incomplete" not in told
    assert pdf.startswith(b"%PDF-")
    done = sellerwatch(
        "evidence", "make", incident, "--out", paths["command"], "--by", "maria",
        "--config", config, *flags,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = {}
    for via, path in paths.items():
        told = sellerwatch("evidence", "verify", path, "--key", tmp_path / "evidence.pub")
        assert told.returncode == 0, told.stderr
        assert f"of {PROCESSOR}: " in told.stdout
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        found[via] = files
        assert OTHERS not in files["events.ndjson"]
        own = [one["event"] for one in lines(files["events.ndjson"]) if one["in_incident"]]
        # The first read was of what it is declared for; the second one began the incident.
        assert [event["event_id"] for event in own] == stolen[1 : len(own) + 1]
        assert len(own) > 50
        assert own[0]["time"] == since
        assert json.loads(files["model.json"])["state"]["facts"]["first_seen"] > 0
    assert found["page"]["events.ndjson"] == found["command"]["events.ndjson"]
    custody = lines(found["command"]["custody.ndjson"])
    assert {"read", "evidence"} <= {one["action"] for one in custody}
