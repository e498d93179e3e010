"""The plan of attacks: victim, kind and time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.simulation.integration_kind import IntegrationKind as Kind
from streams.simulation.seeds import seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import ATTACKS, SimulationSettings

_DAY: Final = 24
# These name what they read themselves.
_OWN_WAY: Final = frozenset({"canary", "enumeration"})
_TRADERS: Final = (Kind.ERP, Kind.SHIPPING, Kind.SUPPORT)
_KEYED: Final = (Kind.ERP, Kind.SHIPPING, Kind.PAYMENT, Kind.TAX)
# Kinds of possible victims, and the length in hours.
_SHAPES: Final[dict[str, tuple[tuple[Kind, ...], int]]] = {
    "burst": (_TRADERS, 2),
    "trickle": ((*_TRADERS, Kind.BI), 5 * _DAY),
    "leaked_key": (_KEYED, 30),
    "processor_suppliers": ((Kind.PAYMENT,), 3 * _DAY),
    "processor_buyers": ((Kind.PAYMENT,), 2),
    "night_export": ((Kind.STAFF,), 3),
    "new_scraper": ((Kind.ERP,), 4),
    "ramp": ((*_TRADERS, Kind.BI), 14 * _DAY),
    "key_sharing": (_KEYED, 24),
    "canary": ((Kind.ERP, Kind.BI, Kind.SUPPORT), 1),
    "enumeration": ((Kind.SUPPORT, Kind.ERP, Kind.REPRICER), 2),
    "stolen_role": ((Kind.ETL_ROLE, Kind.LAMBDA_ROLE), 4),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackPlan:
    """One attack before it happens; hours count from the start of the simulation."""

    attack_id: str
    kind: str
    victim: int
    first_hour: int
    hours: int
    way: str = "recent"


def plan_attacks(
    settings: SimulationSettings, fleet: Sequence[SimulatedPrincipal]
) -> tuple[AttackPlan, ...]:
    """Choose victims and times.

    The victim and time of an attack do not depend on the other attacks. No principal is attacked
    twice while another of its kind is left.

    Examples
    --------
    >>> from streams.simulation.fleet import build_fleet
    >>> settings = SimulationSettings(attacks=("night_export",))
    >>> [plan.attack_id for plan in plan_attacks(settings, build_fleet(settings))]
    ['night_export-0']
    """
    taken: set[int] = set()
    plans = []
    for number in range(settings.attacks_per_kind):
        for kind in ATTACKS:
            plan = _plan(settings, fleet, kind, number, taken)
            taken.add(plan.victim)
            plans.append(plan)
    chosen = settings.chosen_attacks
    return tuple(plan for plan in plans if plan.kind in chosen)


def _plan(
    settings: SimulationSettings,
    fleet: Sequence[SimulatedPrincipal],
    kind: str,
    number: int,
    taken: set[int],
) -> AttackPlan:
    attack_id = f"{kind}-{number}"
    rng = seeded_random(settings.seed, "attack", attack_id, "plan")
    kinds, hours = _SHAPES[kind]
    warm_up, end = settings.warm_up_days * _DAY, settings.days * _DAY
    fitting = [
        index
        for index, principal in enumerate(fleet)
        if principal.kind in kinds and principal.first_hour == 0
    ]
    free = [index for index in fitting if index not in taken]
    hours = min(hours, end - warm_up)
    first = warm_up + rng.randrange(end - warm_up - hours + 1)
    if kind == "night_export":
        first = min(first, end - _DAY) // _DAY * _DAY + 1
    way = seeded_random(settings.seed, "attack", attack_id, "way").choice(settings.chosen_ways)
    return AttackPlan(
        attack_id=attack_id,
        kind=kind,
        victim=rng.choice(free or fitting),
        first_hour=first,
        hours=hours,
        way="recent" if kind in _OWN_WAY else way,
    )
