"""Tests of the sections of the settings."""

import pytest
from pydantic import BaseModel, ValidationError

from streams.settings import sections
from streams.settings.sections import (
    CheckpointSettings,
    KafkaSettings,
    LinkSettings,
    WorkerSettings,
)
from streams.settings.settings import Settings

SECTIONS = [
    field.annotation
    for field in Settings.model_fields.values()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_is_frozen_and_knows_its_names(section: type[BaseModel]) -> None:
    values = section()
    name = next(iter(section.model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(values, name, getattr(values, name))
    with pytest.raises(ValidationError, match="no_such_setting"):
        section(no_such_setting=1)


def test_every_section_is_a_part_of_the_settings() -> None:
    named = {one for name, one in vars(sections).items() if name.endswith("Settings")}
    assert named == set(SECTIONS)


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("sasl_mechanism", "needs sasl_mechanism and sasl_username"),
        ("sasl_username", "needs sasl_mechanism and sasl_username"),
        ("sasl_password_file", "needs sasl_password_file"),
    ],
)
def test_a_log_in_is_whole(missing: str, told: str) -> None:
    values = {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "PLAIN",
        "sasl_username": "me",
        "sasl_password_file": "secret",
    }
    assert KafkaSettings(**values).sasl_username == "me"
    with pytest.raises(ValidationError, match=told):
        KafkaSettings(**{name: value for name, value in values.items() if name != missing})


def test_links_begin_with_the_base_whether_it_ends_with_a_slash_or_not() -> None:
    for base in ("https://watch.example", "https://watch.example/"):
        links = LinkSettings(web_base_url=base, dashboard_base_url=base)
        assert links.incidents == "https://watch.example/incidents/"
        assert links.dashboards == "https://watch.example/d/"
        assert links.runbooks == "https://watch.example/runbooks/"
    assert LinkSettings(runbook_base_url="https://wiki.example").runbooks == "https://wiki.example/"


def test_history_is_counted_back_from_now() -> None:
    assert WorkerSettings(incident_history_days=8).history_since(8 * 86400.0 + 5) == 5


def test_a_store_has_the_name_that_faust_knows() -> None:
    assert CheckpointSettings().store_url == "memory://"
    assert CheckpointSettings(store="rocksdict").store_url == "rocksdb:checkpoints"
