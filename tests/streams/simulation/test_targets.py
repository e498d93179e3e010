"""What attacks read: each way is told apart in the records themselves."""

from collections import Counter

import pytest

from models.errors import SettingsError
from streams.simulation import WAYS, Simulation, SimulationSettings

SMALL = {
    "days": 9, "principals": 30, "traffic_scale": 0.3, "buyers": 2000, "confounders": "none",
    "attacks": ("burst", "trickle", "stolen_role"),
}  # fmt: skip


def simulate(way: str) -> Simulation:
    return Simulation(SimulationSettings(**SMALL, ways=(way,)))


def objects(simulation: Simulation, attack: str | None) -> list[str]:
    """Return the ids and S3 keys that the benign (None) or one attack read, in order."""
    found = []
    for one in simulation.records():
        if one.attack == attack:
            found += one.record.get("record_ids", ())
            key = (one.record.get("requestParameters") or {}).get("key")
            found += [key] if isinstance(key, str) else []
    return found


def stolen(simulation: Simulation, kind: str) -> list[str]:
    return objects(simulation, f"{kind}-0")


def test_the_same_seed_steals_the_same_objects() -> None:
    first, second = (Simulation(SimulationSettings(**SMALL, ways="all")) for _ in range(2))
    assert first.truth == second.truth
    assert list(first.records()) == list(second.records())


def test_seeds_draw_every_way() -> None:
    drawn = Counter(
        attack.way
        for seed in range(8)
        for attack in Simulation(SimulationSettings(**SMALL, seed=seed, ways="all")).truth
    )
    assert set(drawn) == set(WAYS)


def test_a_way_changes_nothing_of_the_benign_records() -> None:
    benign = [
        [one for one in simulate(way).records() if one.attack is None] for way in ("recent", "once")
    ]
    assert benign[0] == benign[1]


@pytest.mark.parametrize("way", ["history", "once", "mixed"])
def test_a_thief_reads_objects_that_nobody_read(way: str) -> None:
    simulation = simulate(way)
    honest = set(objects(simulation, None))
    for kind in ("burst", "trickle", "stolen_role"):
        names = stolen(simulation, kind)
        assert len(names) >= 20
        assert honest.isdisjoint(names)


@pytest.mark.parametrize("way", ["once", "mixed"])
def test_a_thief_reads_each_object_once(way: str) -> None:
    # A record may come twice, as in any log.
    reads = {
        one.record["request_id"]: one.record.get("record_ids", ())
        for one in simulate(way).records()
        if one.attack == "burst-0"
    }
    names = [name for read in reads.values() for name in read]
    assert len(names) > 100
    assert len(names) == len(set(names))


def test_a_sweep_goes_through_the_ids_in_order() -> None:
    names = stolen(simulate("sweep"), "burst")
    rises = sum(a < b for a, b in zip(names, names[1:], strict=False))
    assert len(names) > 100
    assert rises > 0.9 * len(names)


def test_what_peers_read_was_read_before_by_others() -> None:
    simulation = simulate("peers")
    attack = next(one for one in simulation.truth if one.kind == "burst")
    others = {
        name
        for one in simulation.records()
        if one.attack is None
        and one.time < attack.start + 3600
        and one.record.get("application_id") != attack.principal
        for name in one.record.get("record_ids", ())
    }
    names = stolen(simulation, "burst")
    assert names
    assert others.issuperset(names)


def test_a_mixed_theft_hides_behind_the_victims_own_calls() -> None:
    simulation = simulate("mixed")
    attack = next(one for one in simulation.truth if one.kind == "trickle")
    own = [
        one.time
        for one in simulation.records()
        if one.attack is None
        and attack.principal in (one.record.get("application_id"), one.record.get("user_id"))
    ]
    assert own
    assert all(any(0.4 < time - call < 4.1 for call in own) for time in attack.times)


def test_no_way_at_all_is_refused() -> None:
    with pytest.raises(SettingsError, match="recent"):
        SimulationSettings(ways="none")
