from pathlib import Path

import pytest

from models.errors import SettingsError
from streams.settings.settings import Settings, load_settings


def test_the_shipped_file_holds_the_defaults(root: Path) -> None:
    assert load_settings(root / "config" / "sellerwatch.yaml") == Settings()


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("topics: {partitions: 8}\n")
    monkeypatch.setenv("SELLERWATCH_TOPICS__PARTITIONS", "16")
    assert load_settings(path).topics.partitions == 16


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("topics: {partitions: none}", "topics.partitions"),
        ("topics: {colour: red}", "topics.colour"),
        ("kafka: {brokers: []}", "kafka.brokers"),
        ("kafka: {security_protocol: SASL_SSL}", "sasl_mechanism"),
        ("- a list", "expected 'setting: value'"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_file_is_named_in_one_line(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert named in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings(tmp_path / "absent.yaml")


def test_a_person_waits_for_a_broker_no_longer_than_five_seconds_or_as_long_as_was_set() -> None:
    assert Settings().for_a_person().kafka.connect_timeout_seconds == 5.0
    brief = Settings(kafka={"connect_timeout_seconds": 1.0})
    assert brief.for_a_person().kafka.connect_timeout_seconds == 1.0
    assert brief.for_a_person() == brief
