"""The simulated people resemble real users of a file store."""

from collections import defaultdict
from statistics import median, quantiles

import pytest

from models.errors import SettingsError
from streams.simulation.people import People, PeopleSettings

DAY = 86_400


def reads_a_day(people: People) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for record in people.records():
        if record.attack is None:
            user = record.record["userIdentity"]["userName"]
            found[user][int((record.time - people.start_seconds) // DAY)] += 1
    return found


def test_the_same_settings_give_the_same_records() -> None:
    settings = PeopleSettings(users=6, days=6, thefts=1)
    first, second = People(settings), People(settings)
    assert [r.record for r in first.records()] == [r.record for r in second.records()]
    assert first.truth == second.truth


def test_users_are_silent_and_sudden_as_real_ones_are() -> None:
    days = reads_a_day(People(PeopleSettings(users=60, thefts=0)))
    # 25th, 50th and 75th percentile over users, within a factor of two of the real ones.
    active = quantiles((len(user) for user in days.values()), n=4)
    assert 2 < active[0] < 9
    assert 4 < active[1] < 14
    usual = quantiles((median(user.values()) for user in days.values()), n=4)
    assert 4 < usual[0] < 16
    assert 17 < usual[1] < 68
    assert 90 < usual[2] < 540
    sudden = quantiles((max(u.values()) / median(u.values()) for u in days.values()), n=4)
    assert 1.5 < sudden[1] < 6
    assert 6 < sudden[2] < 26


def test_a_thief_reads_only_what_the_user_never_read() -> None:
    people = People(PeopleSettings(users=20, days=8, thefts=5))
    honest: dict[str, set[str]] = defaultdict(set)
    stolen: dict[str, set[str]] = defaultdict(set)
    for record in people.records():
        read = honest if record.attack is None else stolen
        read[record.record["userIdentity"]["arn"]].add(record.record["requestParameters"]["key"])
    assert len(stolen) == 5
    for theft in people.truth:
        assert 300 <= len(stolen[theft.principal]) <= 5000
        assert not stolen[theft.principal] & honest[theft.principal]
        assert theft.end - theft.start < 6 * 3600


@pytest.mark.parametrize("fields", [{"thefts": 71}, {"warm_up_days": 15}, {"thefts": -1}])
def test_settings_that_leave_no_room_are_refused(fields: dict[str, int]) -> None:
    with pytest.raises(SettingsError):
        PeopleSettings(**fields)
