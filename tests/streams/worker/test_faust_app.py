import asyncio
from pathlib import Path

import faust
import pytest

from models.errors import SettingsError
from streams.settings.sections import CheckpointSettings, KafkaSettings, WorkerSettings
from streams.settings.settings import Settings
from streams.worker.faust_app import make_app


def settings(tmp_path: Path, **kafka: object) -> Settings:
    return Settings(
        kafka=KafkaSettings(**kafka), worker=WorkerSettings(data_directory=tmp_path / "data")
    )


def test_the_settings_reach_faust(tmp_path: Path) -> None:
    app = make_app(settings(tmp_path, brokers=("a:1", "b:2")), one_record_a_batch=False)
    assert [str(url) for url in app.conf.broker] == ["kafka://a:1", "kafka://b:2"]
    assert app.conf.id == "sellerwatch"
    assert app.conf.broker_session_timeout == 15.0
    assert app.conf.broker_request_timeout >= app.conf.broker_session_timeout
    assert not app.conf.web_enabled
    assert not app.conf.topic_allow_declare
    assert app.conf.datadir == tmp_path / "data"


def test_the_embedded_broker_gets_one_record_a_batch(tmp_path: Path) -> None:
    assert make_app(settings(tmp_path), one_record_a_batch=True).conf.producer_max_batch_size == 1


def test_sasl_is_handed_on_and_not_shown(tmp_path: Path) -> None:
    app = make_app(
        settings(
            tmp_path,
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            sasl_username="me",
            sasl_password="hunter2",
        ),
        one_record_a_batch=False,
    )
    credentials = app.conf.broker_credentials
    assert credentials.username == "me"
    assert credentials.password == "hunter2"
    assert "hunter2" not in repr(app)


def test_tls_without_a_login_is_handed_on(tmp_path: Path) -> None:
    app = make_app(settings(tmp_path, security_protocol="SSL"), one_record_a_batch=False)
    credentials = app.conf.broker_credentials
    assert isinstance(credentials, faust.SSLCredentials)
    assert credentials.context.check_hostname


def test_a_certificate_that_is_missing_is_named(tmp_path: Path) -> None:
    wrong = settings(tmp_path, security_protocol="SSL", tls_ca_file=tmp_path / "none.pem")
    with pytest.raises(SettingsError, match=r"kafka\.tls_ca_file: .*none\.pem is not a file"):
        make_app(wrong, one_record_a_batch=False)


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(SettingsError, match=r"worker\.data_directory: .*name a writable folder"):
        make_app(settings(tmp_path), one_record_a_batch=False)


def test_what_is_to_be_done_before_the_stop_is_done(tmp_path: Path) -> None:
    async def stop() -> list[str]:
        app = make_app(settings(tmp_path), one_record_a_batch=False)
        done: list[str] = []

        async def save() -> None:
            done.append("saved")

        app.before_stop = save
        await app.on_stop()
        return done

    assert asyncio.run(stop()) == ["saved"]


def test_the_store_is_named_as_faust_does() -> None:
    assert CheckpointSettings().store_url == "memory://"
    assert CheckpointSettings(store="rocksdict").store_url == "rocksdb:checkpoints"
