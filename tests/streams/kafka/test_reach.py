import socket

import pytest
from real_parts import free_port

from models.errors import BrokerError
from streams.kafka.reach import await_a_broker


class Hours:
    """A clock that only pauses move, and what happens at one of them."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses = 0
        self.server: socket.socket | None = None

    def clock(self) -> float:
        return self.seconds

    def pause(self, seconds: float) -> None:
        self.seconds += seconds
        self.pauses += 1


def test_who_listens_is_found_at_once() -> None:
    hours = Hours()
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        await_a_broker([place], 5.0, clock=hours.clock, pause=hours.pause)
    assert hours.pauses == 0


def test_one_broker_of_several_is_enough() -> None:
    hours = Hours()
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = [f"127.0.0.1:{free_port()}", f"localhost:{server.getsockname()[1]}"]
        await_a_broker(places, 5.0, clock=hours.clock, pause=hours.pause)
    assert hours.pauses == 0


def test_a_broker_may_come_up_meanwhile() -> None:
    port = free_port()

    class Later(Hours):
        def pause(self, seconds: float) -> None:
            super().pause(seconds)
            if self.pauses == 3:
                self.server = socket.create_server(("127.0.0.1", port))

    hours = Later()
    await_a_broker([f"127.0.0.1:{port}"], 5.0, clock=hours.clock, pause=hours.pause)
    assert hours.pauses == 3
    assert hours.server is not None
    hours.server.close()


@pytest.mark.parametrize(
    ("host", "said"), [("127.0.0.1", "refused"), ("no-such-host.invalid", ".")]
)
def test_nobody_there_is_one_line_within_the_patience(host: str, said: str) -> None:
    hours, place = Hours(), f"{host}:{free_port()}"
    with pytest.raises(BrokerError, match=rf"{place}: nobody answers \(.*{said}.*kafka\.brokers"):
        await_a_broker([place], 5.0, clock=hours.clock, pause=hours.pause)
    assert 4.0 < hours.seconds < 5.0


def test_an_address_of_version_6_is_understood() -> None:
    with pytest.raises(BrokerError, match=r"\[::1\]:\d+: nobody answers"):
        await_a_broker([f"[::1]:{free_port()}"], 0.1)
