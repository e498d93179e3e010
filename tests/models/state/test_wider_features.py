"""States of thirteen features: what was known of each stays with it."""

import msgspec
import pytest

from models.errors import WireFormatError
from models.estimators.cohort import CohortState
from models.estimators.hour_volume import HourState
from models.estimators.rolling_volume import DAYS_KEPT, DaysState
from models.estimators.volume_shape import SPREAD
from models.observation.features import BINS, DAY_FEATURES, FAILURES, FEATURES, RECORDS
from models.observation.window import Window
from models.state.principal_state import PrincipalFacts, PrincipalSnapshot, QuarantinedHour
from models.state.wider_features import widen_cohort, widen_principal

ADDED = slice(9, 11)
FAILURES_BEFORE = FAILURES - 2


def encoded(state: object) -> list:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), strict=False)


def narrow(values: list) -> list:
    return [*values[:9], *values[11:]]


def principal_of_version_2() -> list:
    """Failures in bin 3 of an hour, 50 records a day but for one gated day, an open hour."""
    state = encoded(
        PrincipalSnapshot(
            PrincipalFacts(
                cohort="user",
                first_seen=1.0,
                last_seen=2.0,
                quarantine=[QuarantinedHour(9.0, None, {RECORDS: 4, FAILURES_BEFORE: 3}, (7,))],
            ),
            HourState(),
            DaysState(days=3),
            [0.0] * DAY_FEATURES,
            [1, 2],
            {5: Window(index=5, values=[float(place) for place in range(len(FEATURES))])},
            None,
        )
    )
    counts = bytearray(13 * BINS)
    counts[FAILURES_BEFORE * BINS + 3] = 8
    totals, medians = [0] * 13, bytearray(13)
    totals[FAILURES_BEFORE], medians[FAILURES_BEFORE] = 8, 3
    state[1] = [bytes(counts), totals, bytes(medians)]
    ring = bytearray(DAYS_KEPT * 9)
    ring[RECORDS] = 31
    ring[9:18] = bytes([255] * 9)
    state[2][0], state[2][2], state[3] = bytes(ring), [0.0] * 9, [0.5] * 9
    state[0][6] = [1.0] * 9
    window = state[5][5]
    window[1], window[5] = narrow(window[1]), [0.0] * 14
    return state


def test_a_principal_keeps_its_habits_and_gets_room_for_new_ones() -> None:
    state = msgspec.convert(widen_principal(principal_of_version_2()), PrincipalSnapshot)
    assert state.volume.counts[FAILURES * BINS + 3] == 8
    assert sum(state.volume.counts) == 8
    assert (state.volume.totals[FAILURES], state.volume.medians[FAILURES]) == (8, 3)
    assert state.days.ring[RECORDS] == 31
    gated = state.days.ring[DAY_FEATURES : 2 * DAY_FEATURES]
    assert set(gated) == {255}
    assert sum(state.days.ring) == 31 + 255 * DAY_FEATURES
    assert state.drift == [0.5] * 9 + [0.0, 0.0]
    assert state.facts.today == [1.0] * 9 + [0.0, 0.0]
    assert state.facts.quarantine[0].bins == {RECORDS: 4, FAILURES: 3}
    values = state.windows[5].values
    assert values[ADDED] == [-1.0, -1.0]
    assert narrow(values) == narrow([float(place) for place in range(len(FEATURES))])
    assert len(state.windows[5].rescore_at) == len(FEATURES) + 1


def test_a_cohort_keeps_its_tails() -> None:
    state = encoded(CohortState())
    state[0] = [
        {RECORDS * BINS + 2: 5.0, FAILURES_BEFORE * BINS + 1: 6.0},
        {FAILURES_BEFORE * SPREAD + 41: 7.0},
    ]
    state[4] = [[1.0, 2.0]] * 9
    cohort = msgspec.convert(widen_cohort(state), CohortState)
    assert cohort.shape.absolute == {RECORDS * BINS + 2: 5.0, FAILURES * BINS + 1: 6.0}
    assert cohort.shape.relative == {FAILURES * SPREAD + 41: 7.0}
    assert len(cohort.spreads) == DAY_FEATURES


@pytest.mark.parametrize("state", [[], [1, 2], [[], [], []], [{}] * 7, [[1] * 13] * 7])
def test_what_is_no_state_is_refused(state: list) -> None:
    with pytest.raises(WireFormatError):
        widen_principal(list(state))
    with pytest.raises(WireFormatError):
        widen_cohort([7, *state])
