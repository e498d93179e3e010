"""Carries out the theft of a drawn world."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any, Final

from models.domain.access_event import Grant
from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from streams.simulation.account_traffic import AccountTraffic, Arrivals
from streams.simulation.attack import Attack
from streams.simulation.fleet import make_identity
from streams.simulation.identity import Identity
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.networks import any_network
from streams.simulation.operation import Operation, operations
from streams.simulation.record_emitter import RecordEmitter
from streams.simulation.seeds import lognormal, seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings
from streams.simulation.worlds.theft import Theft

_SCRIPTS: Final = ("python-requests/2.31.0", "curl/8.5.0", "aws-cli/2.15.30", "rclone/v1.66.0")
_OTHERS: Final = ("orders", "purchase_orders", "transactions", "report_orders")
_CLOUD_OTHERS: Final = ("s3_customers", "s3_suppliers", "s3_settlements", "ddb_query")
# Fewer rows are not worth a theft; more calls would be the whole log.
_LEAST_ROWS: Final = 300
_MOST_CALLS: Final = 4000
_SPURTS: Final = 6
_Truth = Iterable[tuple[float, str, int, tuple[DataClass, ...]]]


class Thief:
    """Steals with a victim's access, or as a stranger.

    Parameters
    ----------
    settings
        Of the simulation.
    theft
        What to steal, and how.
    fleet
        All principals.
    victim
        Index of the one whose access is used.
    traffic
        Makes the victim's and its peers' records.
    """

    def __init__(
        self,
        settings: SimulationSettings,
        theft: Theft,
        fleet: Sequence[SimulatedPrincipal],
        victim: int,
        traffic: AccountTraffic,
    ) -> None:
        self._settings, self._theft, self._fleet = settings, theft, fleet
        self._victim, self._traffic = victim, traffic
        self._rng = seeded_random(settings.seed, "theft", theft.attack_id)

    def run(self, victim_at: Callable[[int], Identity]) -> tuple[Attack, Arrivals]:
        """Steal as the victim is at each hour; return the truth and the records."""
        theft, first = self._theft, int(self._theft.first)
        past = self._traffic.history(self._victim, 0, first).truth
        operation = self._choose_operation()
        rows = max(_LEAST_ROWS, round(theft.size * _usual_day(past, operation)))
        disguise = self._disguise(victim_at(first))
        thief = disguise(victim_at(first))
        emitter = RecordEmitter(
            identity=thief,
            population=self._traffic.population(self._victim),
            rng=self._rng,
            start=self._settings.start_seconds,
            disorder_seconds=self._settings.disorder_seconds,
            logs_rows=self._fleet[self._victim].logs_rows,
            attack=theft.attack_id,
            targets=self._traffic.targets(
                theft.attack_id, theft.way, self._victim, first, int(theft.hours) + 1
            ),
            hidden=self._traffic.hidden,
        )
        sizes = self._pages(operation, rows)
        for time, count in zip(self._times(len(sizes)), sizes, strict=True):
            hour = int((time - self._settings.start_seconds) // HOUR_SECONDS)
            emitter.change_identity(disguise(victim_at(hour)))
            emitter.read(operation, time, count)
        end = self._settings.start_seconds + self._settings.days * DAY_SECONDS
        return self._truth(emitter, thief, end), [
            pair for pair in emitter.pending if pair[1].time < end
        ]

    def _choose_operation(self) -> Operation:
        victim = self._fleet[self._victim]
        names = _CLOUD_OTHERS if victim.kind.is_cloud else _OTHERS
        own = [
            one
            for job in victim.jobs
            for one in job.operations
            if any(read.is_sensitive for read in one.data_classes)
        ]
        if own and self._theft.own_data:
            return self._rng.choice(own)
        return operations()[self._rng.choice(names)]

    def _disguise(self, identity: Identity) -> Callable[[Identity], Identity]:
        """Draw what the thief changes; a network or program of the victim's own moves with it."""
        rng, theft = self._rng, self._theft
        if theft.is_stranger:
            kind = self._fleet[self._victim].kind
            kind = IntegrationKind.LAMBDA_ROLE if kind.is_cloud else IntegrationKind.ERP
            stranger = make_identity(rng, kind, 0, 9000 + rng.randrange(1000))
            grant = identity.grant if kind.is_cloud else Grant.SECRET_KEY.value
            stranger = replace(
                stranger, tenant=identity.tenant, grant=grant, addresses=any_network(rng),
                user_agent=rng.choice(_SCRIPTS),
                credentials=stranger.credentials[:1],
            )  # fmt: skip
            return lambda _: stranger
        changes: dict[str, Any] = {"credentials": (rng.choice(identity.credentials),)}
        if theft.network == "new":
            changes["addresses"] = any_network(rng)
        elif theft.network == "cohort":
            like = self._fleet[self._victim].kind
            fitting = [one.identity.addresses for one in self._fleet if one.kind is like]
            changes["addresses"] = rng.choice(fitting)
        if theft.tool == "script":
            changes["user_agent"] = rng.choice(_SCRIPTS)
        return lambda victim: replace(victim, **changes)

    def _pages(self, operation: Operation, rows: int) -> list[int]:
        full = max(1, min(operation.page_rows, round(4 * operation.rows_median)))
        sizes: list[int] = []
        while rows > 0 and len(sizes) < _MOST_CALLS:
            usual = lognormal(self._rng, operation.rows_median, operation.rows_sigma)
            page = min(rows, full if self._theft.full_pages else max(1, round(usual)))
            sizes.append(page)
            rows -= page
        return sizes

    def _times(self, count: int) -> list[float]:
        rng, theft = self._rng, self._theft
        uniforms = [rng.random() for _ in range(count)]
        if theft.pace == "growing":
            uniforms = [one**0.4 for one in uniforms]
        elif theft.pace == "spurts":
            middles = [rng.random() for _ in range(_SPURTS)]
            uniforms = [0.98 * rng.choice(middles) + 0.02 * one for one in uniforms]
        # The first hour is full only from where the theft begins.
        begin = self._settings.start_seconds + theft.first * HOUR_SECONDS
        return sorted(begin + theft.hours * HOUR_SECONDS * one for one in uniforms)

    def _truth(self, emitter: RecordEmitter, thief: Identity, end: float) -> Attack:
        events = sorted(event for event in emitter.truth if event[0] < end)
        classes = {data_class for *_, read in events for data_class in read}
        return Attack(
            attack_id=self._theft.attack_id,
            kind=self._theft.kind((events[-1][0] - events[0][0]) / HOUR_SECONDS),
            tenant=thief.tenant,
            principal=thief.principal,
            credential_id=thief.credentials[0],
            start=events[0][0],
            end=events[-1][0],
            data_classes=tuple(one for one in DataClass if one in classes),
            event_ids=tuple(event[1] for event in events),
            times=tuple(event[0] for event in events),
            rows=tuple(event[2] for event in events),
            way=self._theft.way,
            note=self._theft.note,
        )


def is_used(past: _Truth) -> bool:
    """Whether anything was read at all."""
    return any(classes for *_, classes in past)


def _usual_day(past: _Truth, operation: Operation) -> float:
    """Return the rows of a median active day, of the operation's classes if there are any."""
    rows: dict[bool, dict[int, int]] = {True: {}, False: {}}
    wanted = set(operation.data_classes)
    for time, _, count, classes in past:
        for days in (rows[False], rows[True]) if wanted & set(classes) else (rows[False],):
            day = int(time // DAY_SECONDS)
            days[day] = days.get(day, 0) + count
    found = rows[True] or rows[False]
    return median(found.values()) if found else 0.0


def pick_victims(rng: random.Random, fleet: Sequence[SimulatedPrincipal], number: int) -> list[int]:
    """Return principals to be robbed, most likely distinct, in the order of choice."""
    fitting = [
        index
        for index, one in enumerate(fleet)
        if one.first_hour == 0 and one.kind is not IntegrationKind.AWS_SERVICE
    ]
    return rng.sample(fitting, min(number, len(fitting)))
