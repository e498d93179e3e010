"""Unusual but harmless events that must not page."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from streams.simulation.integration_kind import IntegrationKind as Kind
from streams.simulation.networks import away_network
from streams.simulation.principal_changes import PrincipalChanges
from streams.simulation.seeds import lognormal, seeded_random
from streams.simulation.simulated_principal import SimulatedPrincipal
from streams.simulation.simulation_settings import SimulationSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Confounder:
    """An unusual but harmless event; times are seconds since 1970-01-01 UTC."""

    kind: str
    principals: tuple[str, ...]
    start: float
    end: float


_DAY: Final = 24
_SHARE: Final = 0.04
_OUTAGE_HOURS: Final = 8
_BACKFILL_HOURS: Final = 2
# A re-sync asks for the last weeks or months again.
_RESYNC_REACH_SECONDS: Final = 45 * DAY_SECONDS
_UNTOUCHED: Final = (Kind.TAX, Kind.AWS_SERVICE)
_NIGHTLY: Final = (Kind.BI, Kind.TAX, Kind.PAYMENT)
_ORDER_DRIVEN: Final = (Kind.ERP, Kind.SHIPPING, Kind.PAYMENT, Kind.SUPPORT, Kind.LAMBDA_ROLE)
_SYNCING: Final = (Kind.ERP, Kind.SHIPPING, Kind.PAYMENT, Kind.BI, Kind.ETL_ROLE, Kind.SUPPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One change of one principal, given by its index in the fleet."""

    index: int
    first: int
    end: int
    factor: float = 1.0
    version: str | None = None
    addresses: tuple[str, ...] = ()
    appears: bool = False
    reach_seconds: float = 0.0


class Disturbances:
    """The benign confounders of a simulation and their changes.

    Parameters
    ----------
    settings
        Of the simulation.
    fleet
        The principals before any change.

    Examples
    --------
    >>> from streams.simulation.fleet import build_fleet
    >>> settings = SimulationSettings(confounders=("holiday_surge",))
    >>> [truth.kind for truth in Disturbances(settings, build_fleet(settings)).truth]
    ['holiday_surge']
    """

    def __init__(self, settings: SimulationSettings, fleet: Sequence[SimulatedPrincipal]) -> None:
        self._settings = settings
        self._fleet = fleet
        self._hours = settings.days * _DAY
        self._changes: defaultdict[int, PrincipalChanges] = defaultdict(PrincipalChanges)
        self._first_hours: dict[int, int] = {}
        self.truth: tuple[Confounder, ...] = tuple(
            truth for name in settings.chosen_confounders for truth in self._apply(name)
        )

    def changes(self, index: int) -> PrincipalChanges:
        """Return the changes of principal number `index`."""
        return self._changes[index]

    def settle(self, index: int) -> SimulatedPrincipal:
        """Return principal number `index` with the hour in which it appears."""
        return replace(self._fleet[index], first_hour=self._first_hours.get(index, 0))

    def _apply(self, name: str) -> Iterator[Confounder]:
        rng = seeded_random(self._settings.seed, "confounder", name)
        changes = list(getattr(self, f"_{name}")(rng))
        for change in changes:
            self._record(change)
        if not changes:
            return
        start = self._settings.start_seconds
        yield Confounder(
            kind=name,
            principals=tuple(
                dict.fromkeys(self._fleet[change.index].identity.principal for change in changes)
            ),
            start=start + HOUR_SECONDS * min(change.first for change in changes),
            end=start + HOUR_SECONDS * max(change.end for change in changes),
        )

    def _record(self, change: _Change) -> None:
        old = self._changes[change.index]
        surges = old.surges
        if change.factor != 1.0:
            surges += ((change.first, change.end, change.factor),)
        new = replace(old, surges=surges)
        if change.reach_seconds:
            reach = (change.first, change.end, change.reach_seconds)
            new = replace(new, reaches=(*new.reaches, reach))
        if change.version is not None:
            new = replace(new, update_hour=change.first, user_agent=change.version)
        if change.addresses:
            new = replace(new, move_hour=change.first, addresses=change.addresses)
        if change.appears:
            self._first_hours[change.index] = change.first
        self._changes[change.index] = new

    def _some(self, rng: random.Random, kinds: tuple[Kind, ...]) -> list[int]:
        fitting = [i for i, principal in enumerate(self._fleet) if principal.kind in kinds]
        count = min(len(fitting), max(1, round(_SHARE * len(self._fleet))))
        return rng.sample(fitting, count)

    def _any_hour(self, rng: random.Random, length: int) -> int:
        return rng.randrange(max(1, self._hours - length))

    def _holiday_surge(self, rng: random.Random) -> Iterator[_Change]:
        first = self._any_hour(rng, 30) // _DAY * _DAY + 5
        for index, principal in enumerate(self._fleet):
            factor = lognormal(rng, 2.2, 0.2)
            if principal.kind not in _UNTOUCHED:
                yield _Change(index=index, first=first, end=first + 30, factor=factor)

    def _promotion(self, rng: random.Random) -> Iterator[_Change]:
        first = self._any_hour(rng, _DAY) // _DAY * _DAY
        for index, principal in enumerate(self._fleet):
            factor = lognormal(rng, 4.0, 0.2)
            if principal.kind in _ORDER_DRIVEN:
                yield _Change(index=index, first=first, end=first + _DAY, factor=factor)

    def _backfill(self, rng: random.Random) -> Iterator[_Change]:
        for index in self._some(rng, _SYNCING):
            first = self._any_hour(rng, _OUTAGE_HOURS + _BACKFILL_HOURS)
            back = first + _OUTAGE_HOURS
            yield _Change(index=index, first=first, end=back, factor=0.0)
            end, reach = back + _BACKFILL_HOURS, (_OUTAGE_HOURS + 1) * HOUR_SECONDS
            yield _Change(index=index, first=back, end=end, factor=4.5, reach_seconds=reach)

    def _app_update(self, rng: random.Random) -> Iterator[_Change]:
        for index in self._some(rng, (Kind.ERP, Kind.SHIPPING, Kind.SUPPORT, Kind.REPRICER)):
            first = self._any_hour(rng, _DAY)
            product = self._fleet[index].identity.user_agent.partition("/")[0]
            version = f"{product}/{rng.randint(10, 19)}.0.0 (Language=Java/21)"
            yield _Change(index=index, first=first, end=first + 6, version=version)

    def _resync(self, rng: random.Random) -> Iterator[_Change]:
        reaches = seeded_random(self._settings.seed, "confounder", "resync", "reach")
        for index in self._some(rng, _SYNCING):
            first = self._any_hour(rng, 2)
            factor = lognormal(rng, 7.0, 0.4)
            end = first + rng.randint(1, 2)
            reach = lognormal(reaches, _RESYNC_REACH_SECONDS, 1.0)
            yield _Change(index=index, first=first, end=end, factor=factor, reach_seconds=reach)

    def _newcomer(self, rng: random.Random) -> Iterator[_Change]:
        # The first twelve are the smallest fleet with every kind.
        late = [index for index in self._some(rng, tuple(Kind)) if index >= 12]  # noqa: PLR2004
        for index in late:
            first = self._any_hour(rng, _DAY)
            yield _Change(index=index, first=first, end=first + 3, factor=3.0, appears=True)

    def _new_office(self, rng: random.Random) -> Iterator[_Change]:
        first, addresses = self._any_hour(rng, 2 * _DAY), away_network(rng)[1]
        for index in self._some(rng, (Kind.STAFF,)):
            yield _Change(index=index, first=first, end=self._hours, addresses=addresses)

    def _month_end(self, rng: random.Random) -> Iterator[_Change]:
        for day in range(self._settings.days):
            today = self._settings.start + timedelta(days=day)
            if today.day > 2 and (today + timedelta(days=1)).day > 1:  # noqa: PLR2004
                continue
            for index, principal in enumerate(self._fleet):
                if principal.kind in _NIGHTLY:
                    factor = lognormal(rng, 2.0, 0.3)
                    first = day * _DAY
                    yield _Change(index=index, first=first, end=first + _DAY, factor=factor)
