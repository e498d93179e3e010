"""The fleet of a drawn world."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from streams.simulation.fleet import build_principal
from streams.simulation.integration_kind import IntegrationKind as Kind
from streams.simulation.job import Job
from streams.simulation.networks import home_network
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.seeds import lognormal, seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.worlds.habit import Habit, draw_changes, draw_habit
from streams.simulation.worlds.shape import NETWORKS, Shape

_LEVELS: Final = (0.05, 8.0)


class Member(NamedTuple):
    """A principal, its rhythm, and its changes."""

    principal: SimulatedPrincipal
    habit: Habit
    changes: PrincipalChanges


def draw_fleet(settings: SimulationSettings, shape: Shape) -> tuple[Member, ...]:
    """Draw the principals of a world; one of each kind is there from the start."""
    rng = seeded_random(settings.seed, "kinds")
    names = [kind for kind, _ in shape.kinds]
    weights = [weight for _, weight in shape.kinds]
    kinds = [*names, *rng.choices(names, weights, k=settings.principals)][: settings.principals]
    return tuple(_draw(settings, shape, index, kind) for index, kind in enumerate(kinds))


def calls_a_day(fleet: Sequence[Member]) -> float:
    """Return about how many calls a fleet makes on a day before they are scaled."""
    return sum(
        member.principal.level * member.habit.active * _calls(job)
        for member in fleet
        for job in member.principal.jobs
    )


def _draw(settings: SimulationSettings, shape: Shape, index: int, kind: Kind) -> Member:
    principal = build_principal(settings, index, kind)
    rng = seeded_random(settings.seed, "habit", str(index))
    habit = draw_habit(rng, shape, may_come_late=index >= len(shape.kinds))
    style = rng.choices(NETWORKS, shape.networks)[0]
    identity = principal.identity
    if style == "cohort":
        network, shared = home_network(seeded_random(settings.seed, "cohort", kind.value))
        identity = replace(identity, addresses=shared)
        principal = replace(principal, networks=(network,))
    low, high = _LEVELS
    level = lognormal(rng, 1.0, shape.level_sigma)
    principal = replace(
        principal,
        identity=identity,
        level=min(high, max(low, level)),
        # The habit's volumes say how days vary.
        day_sigma=0.0,
        first_hour=habit.first_hour,
    )
    changes = draw_changes(
        rng, shape, habit, identity=identity, style=style, weekday=settings.start.weekday()
    )
    return Member(principal, habit, changes)


def _calls(job: Job) -> float:
    calls = 1.0 if job.calls_median <= 1.0 else 1.28 * job.calls_median
    operations = 1 if job.pick_one else len(job.operations)
    pages = sum(max(1.0, one.rows_median / one.page_rows) for one in job.operations)
    return job.runs_per_day * calls * pages * operations / len(job.operations)
