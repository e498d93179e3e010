"""Carries out attacks on the simulated fleet."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from models.domain.access_event import Grant
from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from streams.simulation.attack import Attack
from streams.simulation.attack_plan import AttackPlan
from streams.simulation.fleet import make_identity
from streams.simulation.identity import Identity
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.networks import away_network
from streams.simulation.operation import Operation, operations
from streams.simulation.population import Population
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.record_emitter import DENIED, MISSING, OK, RecordEmitter, SimulatedRecord
from streams.simulation.seeds import lognormal, seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.targets import Targets
from streams.simulation.traffic import Traffic, usual_reach

_DAY: Final = 24
_AGENTS: Final = ("python-requests/2.31.0", "curl/8.5.0", "Go-http-client/2.0", "aws-cli/2.15.30")
# Half of the enumerations walk through the seller's own order numbers.
_WALKERS: Final = 0.5
_RAMP: Final = 1.10
_TRICKLE_EXTRA: Final = 2.0
_BULK_PAGE_SECONDS: Final = 18.0
_BULK_REACH_SECONDS: Final = (365 * DAY_SECONDS, 3 * 365 * DAY_SECONDS)


class Attacker:
    """Carries out one plan, on top of the victim's own traffic.

    Parameters
    ----------
    settings
        Of the simulation.
    plan
        The attack to carry out.
    victim
        The principal whose access is abused.
    population
        Data of the victim's tenant.
    targets
        What it reads; None reads recent rows.
    """

    def __init__(
        self,
        settings: SimulationSettings,
        plan: AttackPlan,
        victim: SimulatedPrincipal,
        population: Population,
        targets: Targets | None = None,
    ) -> None:
        self._settings = settings
        self._plan = plan
        self._victim = victim
        self._population = population
        self._targets = targets
        self._rng = seeded_random(settings.seed, "attack", plan.attack_id, "traffic")
        self._end = settings.start_seconds + settings.days * _DAY * HOUR_SECONDS
        self._identity = self._choose_identity()
        self._emitter = self._make_emitter()
        self._emitter.reach_seconds = usual_reach(victim.identity.principal)

    def run(self) -> tuple[Attack, list[tuple[float, SimulatedRecord]]]:
        """Carry out the plan; return the truth, and the records with their arrival times."""
        actions: dict[str, Callable[[], None]] = {
            "burst": self._read_buyers,
            "trickle": lambda: self._follow_habits(lambda _: _TRICKLE_EXTRA),
            "leaked_key": lambda: self._follow_habits(lambda _: 1.0),
            "processor_suppliers": self._read_suppliers,
            "processor_buyers": self._read_buyers,
            "night_export": self._export,
            "new_scraper": self._scrape,
            "ramp": lambda: self._follow_habits(lambda hour: _RAMP ** (1 + hour // _DAY) - 1.0),
            "key_sharing": lambda: self._follow_habits(lambda _: 0.5),
            "canary": self._read_canary,
            "enumeration": self._enumerate,
            "stolen_role": self._read_bucket,
        }
        actions[self._plan.kind]()
        if not self._emitter.truth:
            # Even a quiet victim in a short window: an attack reads at least once.
            self._emitter.read(self._sensitive_operation(), self._time(0.5), 20)
        records = [pair for pair in self._emitter.pending if pair[1].time < self._end]
        return self._truth(), records

    def _choose_identity(self) -> Identity:
        identity, kind = self._victim.identity, self._plan.kind
        if kind == "new_scraper":
            stranger = make_identity(self._rng, IntegrationKind.ERP, 0, 0)
            return replace(
                stranger, tenant=identity.tenant, addresses=away_network(self._rng)[1],
                user_agent=self._rng.choice(_AGENTS[:3]), grant=Grant.SECRET_KEY.value,
            )  # fmt: skip
        key = (identity.credentials[0],)
        if kind in ("leaked_key", "stolen_role"):
            agent = _AGENTS[3] if kind == "stolen_role" else self._rng.choice(_AGENTS[:3])
            away = away_network(self._rng)[1]
            return replace(identity, credentials=key, addresses=away, user_agent=agent)
        if kind == "key_sharing":
            return replace(identity, credentials=key, addresses=away_network(self._rng)[1])
        return replace(identity, credentials=key)

    def _make_emitter(self) -> RecordEmitter:
        return RecordEmitter(
            identity=self._identity,
            population=self._population,
            rng=self._rng,
            start=self._settings.start_seconds,
            disorder_seconds=self._settings.disorder_seconds,
            logs_rows=self._victim.logs_rows,
            attack=self._plan.attack_id,
            targets=self._targets,
        )

    def _time(self, hours: float) -> float:
        return self._settings.start_seconds + (self._plan.first_hour + hours) * HOUR_SECONDS

    def _follow_habits(self, factor: Callable[[int], float]) -> None:
        """Read what the victim reads, with its hourly volume times `factor(hour)`."""
        traffic = Traffic(
            principal=replace(self._victim, identity=self._identity),
            emitter=self._emitter,
            rng=self._rng,
            start=self._settings.start_seconds,
            weekday=self._settings.start.weekday(),
            scale=self._settings.traffic_scale,
            changes=PrincipalChanges(),
        )
        for hour in range(self._plan.hours):
            traffic.hour(self._plan.first_hour + hour, factor(hour))

    def _read_buyers(self) -> None:
        rows = min(self._population.size("buyer"), round(lognormal(self._rng, 12_000, 0.5)))
        self._bulk(operations()["orders"], self._time(0.3 * self._rng.random()), rows)

    def _bulk(self, operation: Operation, time: float, rows: int) -> float:
        # Thieves who page through the table want all of it.
        reaches = seeded_random(self._settings.seed, "attack", self._plan.attack_id, "reach")
        self._emitter.reach_seconds = reaches.uniform(*_BULK_REACH_SECONDS)
        position = self._rng.randrange(self._population.size("buyer"))
        gap = lognormal(self._rng, _BULK_PAGE_SECONDS, 0.6)
        return self._emitter.read(operation, time, rows, position=position, gap_seconds=gap)

    def _read_suppliers(self) -> None:
        operation = operations()["purchase_orders"]
        for _ in range(max(2, self._plan.hours // 6)):
            rows = round(lognormal(self._rng, 10, 0.5))
            self._emitter.read(operation, self._time(self._plan.hours * self._rng.random()), rows)

    def _export(self) -> None:
        time = self._time(self._rng.random())
        for _ in range(self._rng.randint(2, 5)):
            for name in ("report_create", "report_status", "report_orders"):
                rows = round(lognormal(self._rng, 1_800, 0.5)) if name == "report_orders" else 0
                time = self._emitter.read(operations()[name], time, rows)
                time += 90.0 * self._rng.random()
            time += 300.0 * self._rng.random()

    def _scrape(self) -> None:
        rows = round(lognormal(self._rng, 5_000, 0.4))
        time = self._bulk(operations()["orders"], self._time(0.5 * self._rng.random()), rows)
        for _ in range(self._rng.randint(100, 300)):
            time += 20.0 * self._rng.random()
            self._emitter.read(operations()["buyer_info"], time, 1)

    def _read_canary(self) -> None:
        time = self._time(self._rng.random())
        operation = self._sensitive_operation()
        ids = self._population.recent("buyer", self._plan.first_hour, self._rng.random(), 5)
        number = int(self._plan.attack_id.rpartition("-")[2])
        ids = [*ids, self._population.canary("buyer", number)]
        self._emitter.call(operation, time, len(ids), OK, ids=ids)

    def _enumerate(self) -> None:
        if self._rng.random() < _WALKERS:
            self._walk()
            return
        number, time = self._rng.randrange(100_000), self._time(0.2 * self._rng.random())
        for step in range(self._rng.randint(250, 600)):
            time += 0.5 + 7.0 * self._rng.random()
            luck = self._rng.random()
            status = OK if luck < 0.08 else DENIED if luck < 0.25 else MISSING  # noqa: PLR2004
            key = self._population.order_id(number + step)
            rows = 1 if status == OK else 0
            self._emitter.call(operations()["order"], time, rows, status, key=key)

    def _walk(self) -> None:
        """Request the seller's order numbers one by one; nearly all of them exist."""
        number, time = self._rng.randrange(100_000), self._time(0.2 * self._rng.random())
        for _ in range(self._rng.randint(250, 600)):
            number += 1 if self._rng.random() < 0.9 else 2  # noqa: PLR2004
            time += 0.5 + 7.0 * self._rng.random()
            status = OK if self._rng.random() < 0.95 else MISSING  # noqa: PLR2004
            key = self._population.own_number(number)
            self._emitter.call(operations()["order"], time, int(status == OK), status, key=key)

    def _read_bucket(self) -> None:
        time = self._time(self._rng.random())
        time = self._emitter.read(operations()["s3_customers_list"], time, 1)
        for _ in range(self._rng.randint(60, 250)):
            rows = round(lognormal(self._rng, 400, 0.7))
            time = self._emitter.read(operations()["s3_customers"], time, rows, gap_seconds=8.0)

    def _sensitive_operation(self) -> Operation:
        for job in self._victim.jobs:
            for operation in job.operations:
                if DataClass.CUSTOMER in operation.data_classes:
                    return operation
        return operations()["orders"]

    def _truth(self) -> Attack:
        events = sorted(event for event in self._emitter.truth if event[0] < self._end)
        classes = {data_class for *_, read in events for data_class in read}
        return Attack(
            attack_id=self._plan.attack_id,
            kind=self._plan.kind,
            tenant=self._identity.tenant,
            principal=self._identity.principal,
            credential_id=self._identity.credentials[0],
            start=events[0][0],
            end=events[-1][0],
            data_classes=tuple(one for one in DataClass if one in classes),
            event_ids=tuple(event[1] for event in events),
            times=tuple(event[0] for event in events),
            rows=tuple(event[2] for event in events),
            way=self._plan.way,
        )
