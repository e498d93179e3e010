from datetime import UTC, datetime

import pytest

from models.errors import SettingsError
from streams.simulation import ATTACKS, SimulationSettings


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"days": 0}, "days"),
        ({"principals": 0}, "principals"),
        ({"principals": 11}, "at least 12"),
        ({"days": 7}, "warm_up_days"),
        ({"tenants": 50}, "tenants"),
        ({"traffic_scale": float("nan")}, "traffic_scale"),
        ({"disorder_seconds": -1.0}, "disorder_seconds"),
        ({"start": datetime(2026, 1, 1, 0, 30, tzinfo=UTC)}, "full hour"),
        ({"start": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001
        ({"attacks": ("bursts",)}, "bursts"),
        ({"confounders": ("flood",)}, "flood"),
    ],
)
def test_a_wrong_setting_is_named(wrong, named):
    with pytest.raises(SettingsError, match=named):
        SimulationSettings(**wrong)


def test_names_are_put_into_order_and_all_means_all():
    assert SimulationSettings(attacks=("canary", "burst")).chosen_attacks == ("burst", "canary")
    assert SimulationSettings().chosen_attacks == ATTACKS


def test_a_small_fleet_needs_no_attacks():
    assert SimulationSettings(principals=1, days=1, attacks="none").chosen_attacks == ()


def test_a_promotion_comes_only_if_it_is_named():
    assert "promotion" not in SimulationSettings().chosen_confounders
    named = SimulationSettings(confounders=("promotion", "resync"))
    assert named.chosen_confounders == ("resync", "promotion")
