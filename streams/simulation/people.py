"""A simulated file store: people with silences and sudden folders, and sync clients."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, Final

from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS, HOURS_A_DAY
from models.errors import SettingsError
from streams.simulation.attack import Attack
from streams.simulation.clock_text import ClockText
from streams.simulation.person import Person, draw_person
from streams.simulation.record_emitter import SimulatedRecord
from streams.simulation.seeds import seeded_random
from streams.simulation.simulated_principal import PrincipalProfile
from streams.simulation.truth import truth_document

_MONDAY: Final = datetime(2026, 3, 23, tzinfo=UTC)
_ACCOUNT: Final = "111122223333"
_BUCKET: Final = "files-prod-7"
_AGENTS: Final = ("FileDesk/4.2", "FileDesk/4.3", "Mozilla/5.0 Firefox/149.0")
_SYNC_AGENT: Final = "FileSync/2.8"
# An eighth of the objects is read by more than one user.
_SHARED_SHARE: Final = 0.12
_SHARED_OBJECTS: Final = 4000
_FOLDER_OBJECTS: Final = 200
_SMALLEST_THEFT: Final = 300
_LARGEST_THEFT: Final = 5000
_SHORTEST_HOURS: Final = 1 / 6
_LONGEST_HOURS: Final = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSettings:
    """Settings of a file store; the same settings give the same records.

    Parameters
    ----------
    seed
        Any integer.
    users
        Users, a fifth of them sync clients.
    days
        Days, from a Monday on.
    warm_up_days
        Days before which nobody steals.
    thefts
        Users of whose access someone steals, at most as many as there are users.

    Raises
    ------
    SettingsError
        A value is out of range.
    """

    seed: int = 1
    users: int = 70
    days: int = 15
    warm_up_days: int = 5
    thefts: int = 2

    def __post_init__(self) -> None:
        """Check the values."""
        if not 0 <= self.thefts <= self.users or not 0 <= self.warm_up_days < self.days:
            message = (
                f"{self.users} users and {self.days} days have no room for {self.thefts} thefts "
                f"after {self.warm_up_days} days"
            )
            raise SettingsError(message)


class People:
    """Users of a file store in S3, whose log has neither records nor bytes.

    Parameters
    ----------
    settings
        What to simulate.

    Examples
    --------
    >>> people = People(PeopleSettings(users=4, days=6, thefts=1))
    >>> [attack.kind for attack in people.truth], next(people.records()).source
    (['bulk_of_new_objects'], 'cloudtrail')
    """

    def __init__(self, settings: PeopleSettings) -> None:
        self.settings = settings
        rngs = [seeded_random(settings.seed, "person", str(n)) for n in range(settings.users)]
        self.people: tuple[Person, ...] = tuple(draw_person(rng) for rng in rngs)
        self._clock = ClockText()
        self._stolen = self._plan()
        self.truth: tuple[Attack, ...] = tuple(map(self._attack, self._stolen))

    @property
    def start_seconds(self) -> float:
        """Start, in seconds since 1970-01-01 UTC."""
        return _MONDAY.timestamp()

    @property
    def days(self) -> int:
        """Length, in days."""
        return self.settings.days

    @property
    def warm_up_days(self) -> int:
        """Days of history before the first theft."""
        return self.settings.warm_up_days

    @property
    def canaries(self) -> tuple[str, ...]:
        """Planted ids: there are none."""
        return ()

    def profiles(self) -> dict[str, PrincipalProfile]:
        """Return what the seller would declare: nothing."""
        return {}

    def truth_document(self) -> dict[str, Any]:
        """Return the thefts as one JSON document."""
        return truth_document(self.truth)

    def records(self) -> Iterator[SimulatedRecord]:
        """Yield all records in order of time; may be called repeatedly."""
        settings = self.settings
        rngs = [seeded_random(settings.seed, "reads", str(n)) for n in range(settings.users)]
        known: list[list[str]] = [[] for _ in rngs]
        for day in range(settings.days):
            reads: list[tuple[float, int, str, str | None]] = []
            for user, (person, rng) in enumerate(zip(self.people, rngs, strict=True)):
                reads += self._day(user, person, rng, day, known[user])
            begin = self.start_seconds + day * DAY_SECONDS
            for number, (user, times, keys) in enumerate(self._stolen):
                reads += [
                    (time, user, key, f"theft-{number}")
                    for time, key in zip(times, keys, strict=True)
                    if begin <= time < begin + DAY_SECONDS
                ]
            reads.sort(key=itemgetter(0))
            for place, (time, user, key, attack) in enumerate(reads):
                name = f"{settings.seed}-{day}-{place}"
                record = self._record(time, user, key, name)
                yield SimulatedRecord(time, "cloudtrail", record, attack)

    def _day(
        self, user: int, person: Person, rng: random.Random, day: int, known: list[str]
    ) -> Iterator[tuple[float, int, str, str | None]]:
        for hour, reads, new in person.day(rng, day % 7, day):
            first = self.start_seconds + (day * HOURS_A_DAY + hour) * HOUR_SECONDS
            recent = known[-2000:]
            for number in range(reads):
                if number < new or not recent:
                    key = _new_key(user, rng, known)
                    known.append(key)
                else:
                    key = recent[int(rng.random() * len(recent))]
                yield first + HOUR_SECONDS * rng.random(), user, key, None

    def _plan(self) -> list[tuple[int, list[float], list[str]]]:
        settings = self.settings
        rng = seeded_random(settings.seed, "thefts")
        victims = rng.sample(range(settings.users), settings.thefts)
        plans = []
        for victim in victims:
            size = round(_between(rng, _SMALLEST_THEFT, _LARGEST_THEFT))
            hours = _between(rng, _SHORTEST_HOURS, _LONGEST_HOURS)
            last = settings.days * HOURS_A_DAY - hours
            begin = rng.uniform(settings.warm_up_days * HOURS_A_DAY, last)
            times = sorted(begin + hours * rng.random() for _ in range(size))
            plans.append(
                (
                    victim,
                    [self.start_seconds + HOUR_SECONDS * time for time in times],
                    _stolen_keys(rng, victim, size, settings.users),
                )
            )
        return plans

    def _attack(self, plan: tuple[int, list[float], list[str]]) -> Attack:
        user, times, _ = plan
        return Attack(
            attack_id=f"theft-{self._stolen.index(plan)}",
            kind="bulk_of_new_objects",
            tenant=_ACCOUNT,
            principal=_arn(user),
            credential_id=f"AKIA{user:016d}",
            start=times[0],
            end=times[-1],
            data_classes=(DataClass.UNCLASSIFIED,),
            event_ids=tuple(f"stolen-{user}-{n}" for n in range(len(times))),
            times=tuple(times),
            rows=(1,) * len(times),
        )

    def _record(self, time: float, user: int, key: str, name: str) -> dict[str, Any]:
        person = self.people[user]
        return {
            "eventVersion": "1.11",
            "eventTime": self._clock.seconds(time),
            "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject",
            "awsRegion": "eu-central-1",
            "eventID": f"event-{name}",
            "requestID": f"request-{name}",
            "sourceIPAddress": f"198.51.100.{user % 200 + 1}",
            "userAgent": _SYNC_AGENT if person.is_sync else _AGENTS[user % len(_AGENTS)],
            "userIdentity": {
                "type": "IAMUser",
                "arn": _arn(user),
                "accountId": _ACCOUNT,
                "userName": f"user-{user:04d}",
                "accessKeyId": f"AKIA{user:016d}",
            },
            "requestParameters": {"bucketName": _BUCKET, "key": key},
            "recipientAccountId": _ACCOUNT,
            "readOnly": True,
        }


def _arn(user: int) -> str:
    return f"arn:aws:iam::{_ACCOUNT}:user/user-{user:04d}"


def _new_key(user: int, rng: random.Random, known: list[str]) -> str:
    if rng.random() < _SHARED_SHARE:
        return f"shared/{int(rng.random() * _SHARED_OBJECTS)}"
    folder, number = divmod(len(known), _FOLDER_OBJECTS)
    return f"{user:04d}/folder-{folder}/{number}.bin"


def _stolen_keys(rng: random.Random, victim: int, size: int, users: int) -> list[str]:
    """Return objects that the victim never reads: others' files, or folders that nobody opens."""
    if rng.random() < 0.5 and users > 1:  # noqa: PLR2004 - half and half
        owner = (victim + 1 + rng.randrange(users - 1)) % users
        return [
            f"{owner:04d}/folder-{n // _FOLDER_OBJECTS}/{n % _FOLDER_OBJECTS}.bin"
            for n in range(size)
        ]
    return [f"archive/{rng.getrandbits(40):010x}.bin" for _ in range(size)]


def _between(rng: random.Random, low: float, high: float) -> float:
    """Draw a number whose logarithm is uniform."""
    return float(low * (high / low) ** rng.random())
