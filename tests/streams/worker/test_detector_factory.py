"""Tests of what makes the detectors."""

import dataclasses
from pathlib import Path

import pytest

from models.domain.redaction import SubjectHasher
from models.errors import SettingsError
from streams.settings.sections import LinkSettings, SourceSettings, TopicSettings
from streams.settings.settings import Settings
from streams.worker.detector_factory import DetectorFactory, make_detectors

KEY = "ab" * 32


def test_the_settings_win_over_the_file_and_the_file_over_the_links(tmp_path: Path) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text("incident_quiet_seconds: 60\ncohort_weight: 5\n")
    settings = Settings(
        detector_file=path,
        detector={"cohort_weight": 7},
        links=LinkSettings(web_base_url="https://watch.example"),
    )
    tuned = DetectorFactory.load(settings).settings
    assert (tuned.incident_quiet_seconds, tuned.cohort_weight) == (60, 7)
    assert tuned.runbook_base_url == "https://watch.example/runbooks/"
    path.write_text("runbook_base_url: https://wiki.example/\n")
    assert DetectorFactory.load(settings).settings.runbook_base_url == "https://wiki.example/"


def test_what_is_declared_is_read(tmp_path: Path) -> None:
    path = tmp_path / "principals.yaml"
    path.write_text("principals: {app-1: {kind: erp}, app-2: {kind: payment_processor}}\n")
    factory = DetectorFactory.load(Settings(principals_file=path))
    assert factory.kinds == {"app-1": "erp", "app-2": "payment_processor"}
    path.write_text("principals:\n")
    assert DetectorFactory.load(Settings(principals_file=path)).kinds == {}


def test_planted_ids_are_hashed_under_the_key_of_the_sources() -> None:
    settings = Settings(
        detector={"canary_ids": ["902-1"]}, sources=SourceSettings(redaction_key=KEY)
    )
    expected = SubjectHasher(bytes.fromhex(KEY)).subject("902-1")
    assert DetectorFactory.load(settings).canaries == frozenset({expected})


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("false_pages_per_principal_day: 2", "false_pages_per_principal_day"),
        ("no_such_setting: 1", "no_such_setting"),
        ("canary_ids: [902-1]", "set sources.redaction_key_file"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError, match=told) as caught:
        DetectorFactory.load(Settings(detector_file=path))
    assert "\n" not in str(caught.value)


def test_there_is_a_detector_for_each_partition() -> None:
    detectors = make_detectors(Settings(topics=TopicSettings(partitions=3)))
    assert len({id(detector) for detector in detectors}) == 3


def test_the_files_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "principals.yaml"
    path.write_text("principals: {app-1: {kind: erp}}\n")
    factory = DetectorFactory.load(Settings(principals_file=path))
    path.unlink()
    assert factory.make(partition=0).principals_known == 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        factory.profiles = {}  # type: ignore[misc]
