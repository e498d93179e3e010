"""Worlds are drawn from their family and seed, and stay within the family's ranges."""

from collections import defaultdict
from itertools import pairwise

import pytest

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from models.errors import SettingsError
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.simulation.seeds import seeded_random
from streams.simulation.worlds import FAMILIES, make_world, seeds_of
from streams.simulation.worlds.drawn_world import DrawnWorld
from streams.simulation.worlds.families import DRAWN
from streams.simulation.worlds.shape import draw_shape

DAY = 86_400.0
SEEDS = range(1, 9)


def drawn(family: str, seed: int) -> DrawnWorld:
    world = make_world(family, seed)
    assert isinstance(world, DrawnWorld)
    return world


def caller(record: dict) -> str:
    identity = record.get("userIdentity", {})
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    return record.get("user_id") or record.get("application_id") or issuer.get("arn", "")


def test_tuning_and_reporting_seeds_are_disjoint_in_every_family() -> None:
    for family in (*FAMILIES, "retail"):
        seeds = seeds_of(family)
        assert set(seeds.tuning).isdisjoint(seeds.reporting)
    assert seeds_of("retail").reporting == range(21, 41)


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(SettingsError, match="account, people, churn"):
        make_world("mars", 1)


@pytest.mark.parametrize("family", ["small", "sparse"])
def test_the_same_seed_gives_the_same_world(family: str) -> None:
    first, second = drawn(family, 5), drawn(family, 5)
    assert first.truth == second.truth
    assert list(first.records()) == list(second.records())
    assert first.truth != drawn(family, 6).truth


@pytest.mark.parametrize("family", DRAWN)
def test_worlds_stay_in_the_ranges_of_their_family(family: str) -> None:
    ranges = DRAWN[family]
    for seed in range(50):
        shape = draw_shape(seeded_random(seed, "world", family), ranges)
        assert ranges.principals[0] <= shape.principals <= ranges.principals[1]
        assert ranges.warm_up_days[0] <= shape.warm_up_days <= ranges.warm_up_days[1]
        assert ranges.sigma[0] <= shape.sigma[0] <= shape.sigma[1] <= ranges.sigma[1]
        assert ranges.kinds[0] <= len(shape.kinds) <= ranges.kinds[1]


def test_seeds_draw_other_fleets_and_other_logs() -> None:
    worlds = [draw_shape(seeded_random(seed, "world", "sparse"), DRAWN["sparse"]) for seed in SEEDS]
    assert len({world.principals for world in worlds}) > 4
    assert len({world.hidden for world in worlds}) > 4
    assert len({world.warm_up_days for world in worlds}) > 4


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_log_without_fields_is_still_read(seed: int) -> None:
    world = drawn("sparse", seed)
    hidden = world.shape.hidden
    parser = make_parser(Settings(), "auto", bytes(32))
    for number, one in enumerate(world.records()):
        assert hidden.isdisjoint(one.record)
        if number % 20 == 0:
            event, *_ = parser.parse(one.record, source="simulation", position="")
            assert not isinstance(event, DeadLetter)
            assert isinstance(event, AccessEvent)
            assert "records" not in hidden or event.records is None
            assert "user_agent" not in hidden or event.user_agent is None


def test_thefts_agree_with_the_records_and_spare_the_warm_up() -> None:
    for seed in SEEDS:
        world = drawn("small", seed)
        begin = world.start_seconds + world.warm_up_days * DAY
        found = defaultdict(set)
        for one in world.records():
            if one.attack is not None:
                found[one.attack].add(one.record.get("request_id") or one.record["eventID"])
                assert one.time >= begin
        assert found == {attack.attack_id: set(attack.event_ids) for attack in world.truth}
        assert all(attack.rows_total >= 250 for attack in world.truth)


def test_thefts_are_of_many_sizes_lengths_networks_tools_and_ways() -> None:
    thefts = [theft for seed in SEEDS for theft in drawn("churn", seed).truth]
    sizes = [float(theft.note.partition(" ")[0]) for theft in thefts]
    assert min(sizes) < 1.0
    assert max(sizes) > 20.0
    assert all(0.25 <= size <= 50.0 for size in sizes)
    assert len({theft.way for theft in thefts}) == 6
    kinds = {theft.kind for theft in thefts}
    assert "theft_by_stranger" in kinds
    assert len(kinds) > 7
    for word in ("network own", "network cohort", "network new", "tool own", "tool script"):
        assert any(word in theft.note for theft in thefts)


def test_callers_of_the_churn_family_move_and_release_and_come_and_go() -> None:
    world = drawn("churn", 3)
    networks, agents = defaultdict(set), defaultdict(set)
    days = defaultdict(set)
    for one in world.records():
        if one.attack is None:
            who = caller(one.record)
            address = one.record.get("source_ip") or one.record["sourceIPAddress"]
            networks[who].add(address.rpartition(".")[0])
            agents[who].add(one.record.get("user_agent") or one.record.get("userAgent"))
            days[who].add(int((one.time - world.start_seconds) // DAY))
    assert sum(len(found) > world.days / 2 for found in networks.values()) > 0.15 * len(networks)
    if "user_agent" not in world.shape.hidden:
        assert sum(len(found) > 2 for found in agents.values()) > 0.2 * len(agents)
    late = sum(min(found) >= world.warm_up_days for found in days.values())
    assert late > 0.03 * len(days)


def test_the_sparse_family_has_long_silences() -> None:
    world = drawn("sparse", 2)
    days = defaultdict(set)
    for one in world.records():
        if one.attack is None:
            days[caller(one.record)].add(int((one.time - world.start_seconds) // DAY))
    gaps = [max((b - a for a, b in pairwise(sorted(found))), default=0) for found in days.values()]
    assert sum(gap >= 4 for gap in gaps) > 0.3 * len(gaps)
