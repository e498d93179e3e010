"""A simulated seller's account."""

from collections.abc import Iterator
from typing import Any

from streams.simulation.account_traffic import AccountTraffic
from streams.simulation.attack import Attack
from streams.simulation.attack_plan import plan_attacks
from streams.simulation.attacker import Attacker
from streams.simulation.behaviours import allowed_data_classes
from streams.simulation.disturbances import Confounder, Disturbances
from streams.simulation.fleet import build_fleet
from streams.simulation.record_emitter import SimulatedRecord
from streams.simulation.simulated_principal import PrincipalProfile, SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.truth import truth_document


class Simulation:
    """A fleet that reads a seller's data, with attacks and harmless disturbances.

    The same settings give the same records. A principal's benign records do not depend on the
    attacks.

    Parameters
    ----------
    settings
        What to simulate.

    Examples
    --------
    >>> settings = SimulationSettings(days=8, principals=12, attacks=("canary",))
    >>> simulation = Simulation(settings)
    >>> [attack.kind for attack in simulation.truth]
    ['canary']
    >>> next(simulation.records()).source in ("seller-api", "cloudtrail")
    True
    """

    def __init__(self, settings: SimulationSettings) -> None:
        self.settings = settings
        fleet = build_fleet(settings)
        self._disturbances = Disturbances(settings, fleet)
        self.principals: tuple[SimulatedPrincipal, ...] = tuple(
            self._disturbances.settle(index) for index in range(len(fleet))
        )
        self._traffic = AccountTraffic(settings, self.principals, self._disturbances.changes)
        self.truth: tuple[Attack, ...] = self._attack()

    @property
    def start_seconds(self) -> float:
        """Start, in seconds since 1970-01-01 UTC."""
        return self.settings.start_seconds

    @property
    def days(self) -> int:
        """Length, in days."""
        return self.settings.days

    @property
    def warm_up_days(self) -> int:
        """Days of history before the first attack."""
        return self.settings.warm_up_days

    @property
    def confounders(self) -> tuple[Confounder, ...]:
        """The unusual but harmless events."""
        return self._disturbances.truth

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids of all tenants, for use in a configuration."""
        return self._traffic.canaries

    def profiles(self) -> dict[str, PrincipalProfile]:
        """Return what the seller would declare about each principal."""
        return {
            one.identity.principal: PrincipalProfile(
                kind=one.kind,
                allowed_data_classes=allowed_data_classes(one.kind),
                expected_networks=one.networks,
            )
            for one in self.principals
        }

    def records(self) -> Iterator[SimulatedRecord]:
        """Yield all records in log order; may be called repeatedly.

        They are in order of event time, except for late ones, which are at most
        `SimulationSettings.disorder_seconds` late. Only one hour of records is in memory.
        """
        return self._traffic.records()

    def truth_document(self) -> dict[str, Any]:
        """Return attacks, confounders, principals and canaries as one JSON document."""
        return truth_document(self.truth, self.confounders, self.profiles(), self.canaries)

    def _attack(self) -> tuple[Attack, ...]:
        truths = []
        traffic = self._traffic
        for plan in plan_attacks(self.settings, self.principals):
            victim, population = self.principals[plan.victim], traffic.population(plan.victim)
            targets = traffic.targets(
                plan.attack_id, plan.way, plan.victim, plan.first_hour, plan.hours
            )
            truth, arrivals = Attacker(self.settings, plan, victim, population, targets).run()
            truths.append(truth)
            traffic.add_attack(arrivals)
        return tuple(truths)
