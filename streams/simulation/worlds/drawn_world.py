"""An account whose shape, fleet and thefts are drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from models.domain.time_units import HOURS_A_DAY
from streams.simulation.account_traffic import AccountTraffic
from streams.simulation.attack import Attack
from streams.simulation.behaviours import allowed_data_classes
from streams.simulation.disturbances import Disturbances
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.record_emitter import SimulatedRecord
from streams.simulation.seeds import seeded_random
from streams.simulation.simulated_principal import PrincipalProfile
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.truth import truth_document
from streams.simulation.worlds.drawn_fleet import calls_a_day, draw_fleet
from streams.simulation.worlds.shape import Family, draw_shape
from streams.simulation.worlds.theft import Theft, draw_theft
from streams.simulation.worlds.thief import Thief, is_used, pick_victims

_SCALES: Final = (0.01, 3.0)


class DrawnWorld:
    """A world of a family; the same family and seed give the same records.

    Parameters
    ----------
    name, family
        Of the family.
    seed
        Any integer.

    Examples
    --------
    >>> from streams.simulation.worlds.families import DRAWN
    >>> world = DrawnWorld("small", DRAWN["small"], 1)
    >>> 8 <= len(world.profiles()) <= 20, len(world.truth)
    (True, 2)
    """

    def __init__(self, name: str, family: Family, seed: int) -> None:
        rng = seeded_random(seed, "world", name)
        shape = draw_shape(rng, family)
        self.shape: Final = shape
        days = shape.warm_up_days + shape.judged_days
        plain = SimulationSettings(
            seed=rng.getrandbits(48),
            days=days,
            principals=shape.principals,
            warm_up_days=shape.warm_up_days,
            attacks="none",
            confounders=shape.confounders,
        )
        fleet = draw_fleet(plain, shape)
        low, high = _SCALES
        scale = family.events / days / calls_a_day(fleet)
        self._settings = replace(plain, traffic_scale=min(high, max(low, scale)))
        self._fleet = tuple(member.principal for member in fleet)
        self._disturbances = Disturbances(self._settings, self._fleet)
        self._members = fleet
        self._traffic = AccountTraffic(self._settings, self._fleet, self._changes, shape.hidden)
        self.truth: tuple[Attack, ...] = tuple(self._steal())

    @property
    def start_seconds(self) -> float:
        """Start, in seconds since 1970-01-01 UTC."""
        return self._settings.start_seconds

    @property
    def days(self) -> int:
        """Length, in days."""
        return self._settings.days

    @property
    def warm_up_days(self) -> int:
        """Days of history before the first theft."""
        return self._settings.warm_up_days

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids of all tenants."""
        return self._traffic.canaries

    def profiles(self) -> Mapping[str, PrincipalProfile]:
        """Return what the seller would declare; a caller whose network changes has none."""
        return {
            one.principal.identity.principal: PrincipalProfile(
                kind=one.principal.kind,
                allowed_data_classes=allowed_data_classes(one.principal.kind),
                expected_networks=() if one.changes.identities else one.principal.networks,
            )
            for one in self._members
        }

    def records(self) -> Iterator[SimulatedRecord]:
        """Yield all records in log order; may be called repeatedly."""
        return self._traffic.records()

    def truth_document(self) -> dict[str, Any]:
        """Return the truth as one JSON document."""
        return truth_document(self.truth, self._disturbances.truth, self.profiles(), self.canaries)

    def _changes(self, index: int) -> PrincipalChanges:
        """Join what a principal does by habit with what happens to it."""
        own, sudden = self._members[index].changes, self._disturbances.changes(index)
        return replace(sudden, volume=own.volume, identities=own.identities)

    def _steal(self) -> Iterator[Attack]:
        settings, shape = self._settings, self.shape
        rng = seeded_random(settings.seed, "thefts")
        # Some have not read anything before; then the next one is robbed.
        victims = iter(pick_victims(rng, self._fleet, len(self._fleet)))
        for number in range(shape.thefts):
            own = seeded_random(settings.seed, "theft", str(number), "plan")
            theft = draw_theft(own, f"theft-{number}", settings.warm_up_days, settings.days)
            victim = next((index for index in victims if self._is_used(index, theft)), None)
            if victim is None:
                return
            usual, changes = self._fleet[victim].identity, self._members[victim].changes
            thief = Thief(settings, theft, self._fleet, victim, self._traffic)
            truth, arrivals = thief.run(partial(changes.identity, usual=usual))
            self._traffic.add_attack(arrivals)
            yield truth

    def _is_used(self, index: int, theft: Theft) -> bool:
        first = int(theft.first)
        if self._members[index].habit.last_hour <= first:
            return False
        since = max(0, first - 7 * HOURS_A_DAY)
        return is_used(self._traffic.history(index, since, first).truth)
