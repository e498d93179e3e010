"""The records of a fleet, hour by hour, and what was read in them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from models.domain.time_units import HOUR_SECONDS
from streams.simulation.population import Population
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.read_log import ReadLog
from streams.simulation.record_emitter import RecordEmitter, SimulatedRecord
from streams.simulation.seeds import seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.targets import Targets, make_targets
from streams.simulation.traffic import Traffic

_DAY: Final = 24
# A thief who reads what peers read knows these many of them, and their last days.
_PEERS: Final = 3
_PEERS_HOURS: Final = 72
Arrivals = list[tuple[float, SimulatedRecord]]


class AccountTraffic:
    """Makes the benign records of a fleet and puts those of attacks among them.

    Parameters
    ----------
    settings
        Length, pace and seed.
    principals
        The fleet.
    changes
        Returns the benign changes of a principal, by its index.
    hidden
        Fields that the account's logs do not have.
    """

    def __init__(
        self,
        settings: SimulationSettings,
        principals: Sequence[SimulatedPrincipal],
        changes: Callable[[int], PrincipalChanges],
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self.hidden: Final = hidden
        self._settings, self._principals, self._changes = settings, principals, changes
        self._populations = {
            tenant: Population(settings.seed, tenant, settings.buyers)
            for tenant in dict.fromkeys(one.identity.tenant for one in principals)
        }
        self._attacks: defaultdict[int, Arrivals] = defaultdict(list)

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids of all tenants."""
        return tuple(name for one in self._populations.values() for name in one.canaries)

    def population(self, index: int) -> Population:
        """Return the data of a principal's tenant."""
        return self._populations[self._principals[index].identity.tenant]

    def add_attack(self, arrivals: Iterable[tuple[float, SimulatedRecord]]) -> None:
        """Put the records of an attack among the benign ones."""
        for arrival, record in arrivals:
            hour = int((arrival - self._settings.start_seconds) // HOUR_SECONDS)
            self._attacks[min(hour, self._settings.days * _DAY - 1)].append((arrival, record))

    def records(self) -> Iterator[SimulatedRecord]:
        """Yield all records in log order; may be called repeatedly.

        They are in order of event time, except for late ones, which are at most
        `SimulationSettings.disorder_seconds` late. Only one hour of records is in memory.
        """
        settings = self._settings
        traffics = [self._traffic(index, self.hidden) for index in range(len(self._principals))]
        held: Arrivals = []
        for hour in range(settings.days * _DAY):
            arrivals = held + self._attacks[hour] if hour in self._attacks else held
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

    def targets(
        self, attack_id: str, way: str, victim: int, first: int, hours: int
    ) -> Targets | None:
        """Return what an attack reads that lasts some hours from the hour `first` on."""
        rng = seeded_random(self._settings.seed, "attack", attack_id, "targets")
        end = first + hours

        def peers() -> ReadLog:
            chosen = self._peers_of(victim)
            chosen = rng.sample(chosen, min(_PEERS, len(chosen)))
            since = first - _PEERS_HOURS
            return ReadLog(one for index in chosen for one in self.reads(index, since, first))

        def own_calls() -> list[float]:
            return sorted(one.time for one in self.reads(victim, first, end))

        return make_targets(
            way, rng=rng, population=self.population(victim), peers=peers, own_calls=own_calls
        )

    def reads(self, index: int, first: int, end: int) -> list[SimulatedRecord]:
        """Return the benign records of a principal from one hour until another, nothing hidden."""
        emitter = self.history(index, first, end)
        return [record for _, record in emitter.pending]

    def history(self, index: int, first: int, end: int) -> RecordEmitter:
        """Make the benign records of a principal anew; the emitter has them and their rows."""
        traffic = self._traffic(index, frozenset(), "history")
        for hour in range(end):
            if hour == max(0, first):
                traffic.emitter.pending.clear()
                traffic.emitter.truth.clear()
            traffic.hour(hour)
        return traffic.emitter

    def _peers_of(self, victim: int) -> list[int]:
        like = self._principals[victim]
        return [
            index
            for index, one in enumerate(self._principals)
            if index != victim
            and one.kind is like.kind
            and one.identity.tenant == like.identity.tenant
        ]

    def _traffic(self, index: int, hidden: frozenset[str], attack: str | None = None) -> Traffic:
        settings, principal = self._settings, self._principals[index]
        rng = seeded_random(settings.seed, "traffic", str(index))
        emitter = RecordEmitter(
            identity=principal.identity,
            population=self.population(index),
            rng=rng,
            start=settings.start_seconds,
            disorder_seconds=settings.disorder_seconds,
            logs_rows=principal.logs_rows,
            attack=attack,
            hidden=hidden,
        )
        return Traffic(
            principal=principal,
            emitter=emitter,
            rng=rng,
            start=settings.start_seconds,
            weekday=settings.start.weekday(),
            scale=settings.traffic_scale,
            changes=self._changes(index),
        )
