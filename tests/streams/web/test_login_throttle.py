from hypothesis import given
from hypothesis import strategies as st

from streams.web.login_throttle import LoginThrottle


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def throttle(clock: Clock, allowed: int = 3) -> LoginThrottle:
    return LoginThrottle(clock, allowed=allowed, window_seconds=60.0)


def test_an_address_waits_after_too_many_wrong_tokens_and_others_do_not() -> None:
    clock = Clock()
    slow = throttle(clock)
    for _ in range(2):
        slow.count_failure("192.0.2.1")
    assert slow.wait_seconds("192.0.2.1") == 0
    clock.now += 20.5
    slow.count_failure("192.0.2.1")
    assert slow.wait_seconds("192.0.2.1") == 40
    assert slow.wait_seconds("192.0.2.2") == 0


def test_the_wait_ends_and_counting_begins_anew() -> None:
    clock = Clock()
    slow = throttle(clock)
    for _ in range(3):
        slow.count_failure("192.0.2.1")
    clock.now += 60
    assert slow.wait_seconds("192.0.2.1") == 0
    slow.count_failure("192.0.2.1")
    assert slow.wait_seconds("192.0.2.1") == 0


def test_a_right_token_clears_the_address() -> None:
    slow = throttle(Clock())
    for _ in range(3):
        slow.count_failure("192.0.2.1")
    slow.forget("192.0.2.1")
    assert slow.wait_seconds("192.0.2.1") == 0


def test_an_ipv6_network_is_one_address() -> None:
    slow = throttle(Clock(), allowed=2)
    slow.count_failure("2001:db8::1")
    slow.count_failure("2001:db8::2%eth0")
    assert slow.wait_seconds("2001:db8::3") > 0
    assert slow.wait_seconds("2001:db8:0:1::1") == 0


def test_a_flood_of_addresses_does_not_grow_it() -> None:
    slow = throttle(Clock())
    for number in range(12_000):
        slow.count_failure(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
    assert len(slow) == 10_000


@given(address=st.none() | st.text(max_size=50))
def test_whatever_the_peer_is_called_it_is_counted(address: str | None) -> None:
    slow = throttle(Clock(), allowed=1)
    slow.count_failure(address)
    assert slow.wait_seconds(address) == 60
