"""What is kept of networks that nobody used before stays small, and old ones are no news."""

from models.state.shared_networks import SharedNetworks
from models.tuning.state import (
    SHARED_NETWORKS_KEPT,
    SHARED_NETWORKS_PRINCIPALS_KEPT,
    SHARED_NETWORKS_SECONDS,
)


def test_a_flood_of_networks_and_names_stays_within_its_bounds() -> None:
    shared = SharedNetworks()
    for network in range(3 * SHARED_NETWORKS_KEPT):
        shared.note(network, ("A1", "app-1"), (1,), 0.0, is_new=True)
    for number in range(3 * SHARED_NETWORKS_PRINCIPALS_KEPT):
        shared.note(-1, ("A1", f"app-{number}"), range(10**6, 10**6 + 100), 0.0, is_new=True)
    assert len(shared.networks) == SHARED_NETWORKS_KEPT
    assert len(shared.networks[-1].users) == SHARED_NETWORKS_PRINCIPALS_KEPT
    assert all(len(user.homes) <= 8 for user in shared.networks[-1].users.values())


def test_a_network_is_new_for_a_day() -> None:
    shared = SharedNetworks()
    assert shared.note(7, ("A1", "app-1"), (1,), 0.0, is_new=True)
    later = SHARED_NETWORKS_SECONDS + 1.0
    assert shared.note(7, ("A1", "app-2"), (2,), later, is_new=False) is None


def test_a_network_that_was_told_of_is_old_after_a_day() -> None:
    shared = SharedNetworks()
    found = shared.note(7, ("A1", "app-1"), (1,), 0.0, is_new=True)
    assert not shared.is_told(7, 1.0)
    found.told = 3
    assert shared.is_told(7, 1.0)
    assert not shared.is_told(7, SHARED_NETWORKS_SECONDS + 1.0)


def test_a_network_that_somebody_used_before_is_none() -> None:
    assert SharedNetworks().note(7, ("A1", "app-1"), (1,), 0.0, is_new=False) is None


def test_a_principal_is_news_once() -> None:
    shared = SharedNetworks()
    assert shared.note(7, ("A1", "app-1"), (1,), 0.0, is_new=True)
    assert shared.note(7, ("A1", "app-1"), (1,), 1.0, is_new=True) is None
