from pathlib import Path

import pytest

from models.errors import SettingsError
from streams.kafka.topics import checkpoint_topic
from streams.settings.sections import (
    AlertingSettings,
    CheckpointSettings,
    WebSettings,
    WorkerSettings,
)
from streams.settings.settings import Settings
from streams.worker.app import create_worker


def settings(tmp_path: Path, **sections: object) -> Settings:
    return Settings(worker=WorkerSettings(data_directory=tmp_path), **sections)


def test_a_worker_has_its_agents_and_its_table(tmp_path: Path) -> None:
    parts = create_worker(settings(tmp_path))
    names = {name.rsplit(".", 1)[-1] for name in parts.app.agents}
    assert {"detect", "count-dead-letters"} <= names
    (table,) = parts.app.tables.values()
    assert table.changelog_topic_name == checkpoint_topic(settings(tmp_path))
    assert parts.detectors.partitions == ()
    assert parts.app.before_stop is not None


def test_a_wrong_file_is_an_error_before_anything_runs(tmp_path: Path) -> None:
    wrong = tmp_path / "detector.yaml"
    wrong.write_text("no_such_setting: 1")
    with pytest.raises(SettingsError, match="no_such_setting"):
        create_worker(settings(tmp_path, detector_file=wrong))


def test_a_standby_is_a_setting(tmp_path: Path) -> None:
    parts = create_worker(settings(tmp_path, checkpoints=CheckpointSettings(standby_replicas=2)))
    assert parts.app.conf.table_standby_replicas == 2


def test_each_thread_beside_the_loop_is_watched(tmp_path: Path) -> None:
    alerting = AlertingSettings(alertmanager_urls=("http://127.0.0.1:9093",))
    tokens = tmp_path / "tokens"
    tokens.write_text("alice: a-token-of-20-characters\n")
    web = WebSettings(token_file=tokens)
    parts = create_worker(settings(tmp_path, alerting=alerting, web=web))

    def value(name: str, thread: str) -> float | None:
        return parts.metrics.registry.get_sample_value(name, {"thread": thread})

    for thread in ("incident-reader", "verdict-reader", "log-out-reader", "alert-pusher"):
        assert value("sellerwatch_thread_ready", thread) == 0
        assert value("sellerwatch_thread_failures_total", thread) == 0
    assert value("sellerwatch_thread_ready", "lag-observer") == 1
