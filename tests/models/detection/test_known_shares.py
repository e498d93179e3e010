"""The share of all known buyers is that of today, and of the week and month around it."""

from random import Random

import pytest

from models.detection.known_shares import REGISTERS, known_shares
from models.estimators.cohort import Cohort
from models.observation.subject_sketch import SubjectSketch
from models.observation.window import Window
from models.state.principal_state import PrincipalFacts, PrincipalState

_DAY = 20_456  # Within a block of 7 days and one of 30.
_RANDOM = Random(1)
_IDS = [_RANDOM.getrandbits(64) for _ in range(4000)]


def _sketch(ids: list[int], registers: int = 256) -> bytearray:
    sketch = SubjectSketch(bytearray(registers))
    sketch.add(ids)
    return sketch.registers


def _state(today: list[int], week: list[int], month: list[int]) -> PrincipalState:
    facts = PrincipalFacts(cohort="erp", first_seen=0.0, last_seen=0.0, subject_day=_DAY)
    parts = [_sketch(ids, REGISTERS) for ids in (today, week, month)]
    facts.subjects = {"buyers": bytearray(b"".join(parts))}
    return PrincipalState(facts, Cohort(), 2.0)


def test_each_period_holds_its_days_today_and_the_hour_so_far() -> None:
    state = _state(_IDS[:200], _IDS[200:800], _IDS[200:1600])
    window = Window(index=_DAY * 24 + 5, subjects={"buyers": _sketch(_IDS[1600:1800])})
    shares = known_shares(state, window, {"buyers": _sketch(_IDS)})
    assert shares["buyers"] == pytest.approx(400 / 4000, rel=0.35)
    assert shares["buyers_in_7_days"] == pytest.approx(1000 / 4000, rel=0.35)
    assert shares["buyers_in_30_days"] == pytest.approx(1800 / 4000, rel=0.35)


def test_what_was_read_yesterday_is_not_of_today() -> None:
    state = _state(_IDS[:1000], [], [])
    window = Window(index=(_DAY + 1) * 24, subjects={})
    shares = known_shares(state, window, {"buyers": _sketch(_IDS)})
    assert shares["buyers"] == 0.0
    assert shares["buyers_in_7_days"] > 0.1


def test_a_newcomer_has_a_share_in_its_first_hour() -> None:
    facts = PrincipalFacts(cohort="erp", first_seen=0.0, last_seen=0.0)
    window = Window(index=_DAY * 24, subjects={"buyers": _sketch(_IDS)})
    state = PrincipalState(facts, Cohort(), 2.0)
    shares = known_shares(state, window, {"buyers": _sketch(_IDS)})
    assert set(shares) == {"buyers", "buyers_in_7_days", "buyers_in_30_days"}
    assert all(0.7 < share <= 1.0 for share in shares.values())


def test_of_few_known_ones_nothing_is_said() -> None:
    window = Window(index=_DAY * 24)
    assert known_shares(_state(_IDS[:50], [], []), window, {"buyers": _sketch(_IDS[:500])}) == {}
