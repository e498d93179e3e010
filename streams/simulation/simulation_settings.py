"""The settings of a simulation."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from models.domain.time_units import HOUR_SECONDS
from models.errors import SettingsError

ATTACKS: Final = (
    "burst",
    "trickle",
    "leaked_key",
    "processor_suppliers",
    "processor_buyers",
    "night_export",
    "new_scraper",
    "ramp",
    "key_sharing",
    "canary",
    "enumeration",
    "stolen_role",
)
# How an attack chooses what it reads.
WAYS: Final = ("recent", "history", "sweep", "peers", "once", "mixed")
CONFOUNDERS: Final = (
    "holiday_surge",
    "backfill",
    "app_update",
    "resync",
    "newcomer",
    "new_office",
    "month_end",
)
# Not among "all": published figures are of those above.
EXTRA_CONFOUNDERS: Final = ("promotion",)
Choice = tuple[str, ...] | Literal["all", "none"]
_MONDAY: Final = datetime(2026, 3, 23, tzinfo=UTC)
_ATTACKED_MIN: Final = 12
_LIMITS: Final = {
    "days": (1, 400),
    "principals": (1, 20_000),
    "tenants": (1, 100),
    "warm_up_days": (0, 400),
    "attacks_per_kind": (1, 50),
    "buyers": (100, 1_000_000),
    "traffic_scale": (0.01, 100.0),
    "disorder_seconds": (0.0, 600.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSettings:
    """Settings of a simulation; the same settings give the same records everywhere.

    Parameters
    ----------
    seed
        Any integer.
    start
        Start, a full hour with a time zone; default Monday 2026-03-23 UTC, so that two weeks
        include the end of a month.
    days
        Number of days.
    principals
        Size of the benign fleet; at least 12 if there are attacks.
    tenants
        Sellers that share the fleet.
    attacks, confounders
        Names, ``"all"`` or ``"none"``.
    ways
        How attacks choose what they read, ``"all"`` or names; each draws one of them. ``recent``
        reads the newest rows as the victim does, ``history`` pages back into rows that nobody
        read, ``sweep`` goes through the table in the order of its ids, ``peers`` reads what the
        victim's peers read, ``once`` reads each object once in no order, and ``mixed`` does so
        right after the victim's own calls.
    attacks_per_kind
        How often each attack happens, each time to another principal if there is one.
    traffic_scale
        Factor for the number of calls.
    warm_up_days
        Days before which no attack starts.
    buyers
        Buyers of each tenant.
    disorder_seconds
        How late a record may be; 0 gives strict order of event time.

    Raises
    ------
    SettingsError
        A value is out of range, or a name unknown.

    Examples
    --------
    >>> SimulationSettings(attacks=("burst",)).chosen_attacks
    ('burst',)
    >>> SimulationSettings(days=0)
    Traceback (most recent call last):
    ...
    models.errors.SettingsError: days is 0: choose 1 to 400
    """

    seed: int = 7
    start: datetime = _MONDAY
    days: int = 14
    principals: int = 40
    tenants: int = 1
    attacks: Choice = "all"
    confounders: Choice = "all"
    ways: Choice = ("recent",)
    attacks_per_kind: int = 1
    traffic_scale: float = 1.0
    warm_up_days: int = 7
    buyers: int = 40_000
    disorder_seconds: float = 20.0

    def __post_init__(self) -> None:
        """Check the values."""
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                message = f"{name} is {value}: choose {low} to {high}"
                raise SettingsError(message)
        if self.start.tzinfo is None or self.start.timestamp() % HOUR_SECONDS:
            message = f"start is {self.start}: choose a full hour with a time zone"
            raise SettingsError(message)
        if self.tenants > self.principals:
            message = f"tenants is {self.tenants}: there are only {self.principals} principals"
            raise SettingsError(message)
        if not self.chosen_ways:
            message = f"ways is {self.ways!r}: choose all or some of {', '.join(WAYS)}"
            raise SettingsError(message)
        _chosen("confounder", self.confounders, CONFOUNDERS, EXTRA_CONFOUNDERS)
        if self.chosen_attacks:
            self._check_room()

    @property
    def chosen_attacks(self) -> tuple[str, ...]:
        """Names of the attacks."""
        return _chosen("attack", self.attacks, ATTACKS)

    @property
    def chosen_confounders(self) -> tuple[str, ...]:
        """Names of the benign confounders."""
        return _chosen("confounder", self.confounders, CONFOUNDERS, EXTRA_CONFOUNDERS)

    @property
    def chosen_ways(self) -> tuple[str, ...]:
        """Names of the ways of reading."""
        return _chosen("way", self.ways, WAYS)

    @property
    def start_seconds(self) -> float:
        """Start, in seconds since 1970-01-01 UTC."""
        return self.start.timestamp()

    def _check_room(self) -> None:
        if self.principals < _ATTACKED_MIN:
            message = f"principals is {self.principals}: attacks need at least {_ATTACKED_MIN}"
            raise SettingsError(message)
        if self.days <= self.warm_up_days:
            message = (
                f"days is {self.days}: attacks start after warm_up_days ({self.warm_up_days}); "
                "choose more days, a shorter warm-up or no attacks"
            )
            raise SettingsError(message)


def _chosen(
    word: str, choice: Choice, usual: tuple[str, ...], extra: tuple[str, ...] = ()
) -> tuple[str, ...]:
    if choice == "all":
        return usual
    if choice == "none":
        return ()
    known = usual + extra
    for name in choice:
        if name not in known:
            message = (
                f"no {word} is called {name!r}: choose all, none or some of {', '.join(known)}"
            )
            raise SettingsError(message)
    return tuple(name for name in known if name in choice)
