"""A simulated seller's account."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

from models.domain.time_units import HOUR_SECONDS
from streams.simulation.attack import Attack
from streams.simulation.attack_plan import AttackPlan, plan_attacks
from streams.simulation.attacker import Attacker
from streams.simulation.behaviours import allowed_data_classes
from streams.simulation.disturbances import Confounder, Disturbances
from streams.simulation.fleet import build_fleet
from streams.simulation.population import Population
from streams.simulation.read_log import ReadLog
from streams.simulation.record_emitter import RecordEmitter, SimulatedRecord
from streams.simulation.seeds import seeded_random
from streams.simulation.simulated_principal import PrincipalProfile, SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.targets import Targets, make_targets
from streams.simulation.traffic import Traffic

_DAY: Final = 24
# A thief who reads what peers read knows these many of them, and their last days.
_PEERS: Final = 3
_PEERS_HOURS: Final = 72
_Arrivals = list[tuple[float, SimulatedRecord]]


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
        self._populations = {
            tenant: Population(settings.seed, tenant, settings.buyers)
            for tenant in dict.fromkeys(one.identity.tenant for one in fleet)
        }
        self._attack_arrivals: defaultdict[int, _Arrivals] = defaultdict(list)
        self.truth: tuple[Attack, ...] = self._attack()

    @property
    def confounders(self) -> tuple[Confounder, ...]:
        """The unusual but harmless events."""
        return self._disturbances.truth

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids of all tenants, for use in a configuration."""
        return tuple(name for one in self._populations.values() for name in one.canaries)

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
        settings = self.settings
        traffics = [self._traffic(index) for index in range(len(self.principals))]
        held: _Arrivals = []
        for hour in range(settings.days * _DAY):
            arrivals = held + self._attack_arrivals[hour] if hour in self._attack_arrivals else held
            for traffic in traffics:
                traffic.hour(hour)
                arrivals.extend(traffic.emitter.pending)
                traffic.emitter.pending.clear()
            arrivals.sort(key=itemgetter(0))
            end = settings.start_seconds + (hour + 1) * HOUR_SECONDS
            held = []
            for arrival, record in arrivals:
                if arrival < end:
                    yield record
                else:
                    held.append((arrival, record))
        # A read that continues past the end is cut off there; late records still arrive.
        yield from (record for _, record in held if record.time < end)

    def truth_document(self) -> dict[str, Any]:
        """Return attacks, confounders, principals and canaries as one JSON document."""
        return {
            "attacks": [_attack_document(attack) for attack in self.truth],
            "confounders": [
                {
                    "kind": one.kind,
                    "principals": one.principals,
                    "start": _rfc3339(one.start),
                    "end": _rfc3339(one.end),
                }
                for one in self.confounders
            ],
            "principals": _profiles_document(self.profiles()),
            "canaries": self.canaries,
        }

    def _traffic(self, index: int) -> Traffic:
        settings, principal = self.settings, self.principals[index]
        rng = seeded_random(settings.seed, "traffic", str(index))
        emitter = RecordEmitter(
            identity=principal.identity,
            population=self._populations[principal.identity.tenant],
            rng=rng,
            start=settings.start_seconds,
            disorder_seconds=settings.disorder_seconds,
            logs_rows=principal.logs_rows,
        )
        return Traffic(
            principal=principal,
            emitter=emitter,
            rng=rng,
            start=settings.start_seconds,
            weekday=settings.start.weekday(),
            scale=settings.traffic_scale,
            changes=self._disturbances.changes(index),
        )

    def _attack(self) -> tuple[Attack, ...]:
        truths = []
        for plan in plan_attacks(self.settings, self.principals):
            victim = self.principals[plan.victim]
            population = self._populations[victim.identity.tenant]
            targets = self._targets(plan, population)
            truth, arrivals = Attacker(self.settings, plan, victim, population, targets).run()
            truths.append(truth)
            for arrival, record in arrivals:
                hour = int((arrival - self.settings.start_seconds) // HOUR_SECONDS)
                self._attack_arrivals[min(hour, self.settings.days * _DAY - 1)].append(
                    (arrival, record)
                )
        return tuple(truths)

    def _targets(self, plan: AttackPlan, population: Population) -> Targets | None:
        rng = seeded_random(self.settings.seed, "attack", plan.attack_id, "targets")
        begin, end = plan.first_hour, plan.first_hour + plan.hours

        def peers() -> ReadLog:
            victim = self.principals[plan.victim]
            fitting = [
                index
                for index, one in enumerate(self.principals)
                if index != plan.victim
                and one.kind is victim.kind
                and one.identity.tenant == victim.identity.tenant
            ]
            chosen = rng.sample(fitting, min(_PEERS, len(fitting)))
            since = begin - _PEERS_HOURS
            return ReadLog(one for index in chosen for one in self._reads(index, since, begin))

        def own_calls() -> list[float]:
            return sorted(one.time for one in self._reads(plan.victim, begin, end))

        return make_targets(
            plan.way, rng=rng, population=population, peers=peers, own_calls=own_calls
        )

    def _reads(self, index: int, first: int, end: int) -> list[SimulatedRecord]:
        """Return the benign records of a principal from one hour until another."""
        traffic = self._traffic(index)
        for hour in range(end):
            if hour == max(0, first):
                traffic.emitter.pending.clear()
            traffic.hour(hour)
        return [record for _, record in traffic.emitter.pending]


def _attack_document(attack: Attack) -> dict[str, Any]:
    return {
        "attack_id": attack.attack_id,
        "kind": attack.kind,
        "way": attack.way,
        "tenant": attack.tenant,
        "principal": attack.principal,
        "credential_id": attack.credential_id,
        "start": _rfc3339(attack.start),
        "end": _rfc3339(attack.end),
        "data_classes": attack.data_classes,
        "rows_total": attack.rows_total,
        "events": [
            {"event_id": name, "time": _rfc3339(time), "rows": rows}
            for name, time, rows in zip(attack.event_ids, attack.times, attack.rows, strict=True)
        ],
    }


def _profiles_document(profiles: Mapping[str, PrincipalProfile]) -> dict[str, Any]:
    return {
        name: {
            "kind": profile.kind,
            "allowed_data_classes": profile.allowed_data_classes,
            "expected_networks": profile.expected_networks,
        }
        for name, profile in profiles.items()
    }


def _rfc3339(time: float) -> str:
    text = datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
