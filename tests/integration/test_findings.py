"""An incident reaches the findings topic as an OCSF finding."""

from pathlib import Path

import jsonschema
import msgspec
from ocsf_json_schema.embedded import OcsfJsonSchemaEmbedded
from ocsf_json_schema.loader import get_ocsf_schema
from real_parts import free_port, wait_for
from test_page_arrives import day_with_an_attack, ingest, read_topic, running, write_settings

from streams.demo.embedded_broker import EmbeddedBroker
from streams.exporters.ocsf_finding import OCSF_VERSION


def test_an_incident_is_a_finding_on_a_topic_of_its_own(tmp_path: Path) -> None:
    flag = "--embedded-broker"
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        config = write_settings(tmp_path, broker.address, free_port())
        with running(config, tmp_path, flag):
            ingest(config, tmp_path / "day.ndjson", day_with_an_attack(), flag)
            wait_for("the finding", lambda: read_topic(config, "access-findings") != [])
            findings = [msgspec.json.decode(v) for v in read_topic(config, "access-findings")]
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=OCSF_VERSION))
    found = schema.get_class_schema("detection_finding", profiles=["security_control"])
    for finding in findings:
        jsonschema.Draft202012Validator(found).validate(finding)
    alert = next(finding for finding in findings if finding["is_alert"])
    assert alert["unmapped"]["principal"] == "app-payments"
