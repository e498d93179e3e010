from models.detection.clock_reset import reset_clock
from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.domain.access_event import AccessEvent, Grant, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import LastPage, QuarantinedHour
from models.state.snapshot import pack_state

SETTINGS = DetectorSettings()
NOW = 1_767_225_600.0
AHEAD = NOW + 400 * DAY_SECONDS


def read(number: int, seconds: float, principal: str = "app-1") -> AccessEvent:
    return AccessEvent(
        event_id=f"{principal}-{number}",
        time=seconds,
        tenant="A1",
        principal=principal,
        principal_kind=PrincipalKind.APPLICATION,
        credential_id="key-1",
        grant=Grant.SECRET_KEY,
        service="orders",
        operation="getOrders",
        outcome=Outcome.SUCCESS,
        data_classes=(DataClass.CUSTOMER,),
        records=7,
        source_ip="192.0.2.7",
    )


def memory_of(detector: Detector) -> DetectorMemory:
    memory = DetectorMemory(SETTINGS.threshold_prior_days, SETTINGS.cohort_weight)
    memory.restore(detector.take_changes())
    return memory


def ahead() -> DetectorMemory:
    """Two principals with a week of habits, and then a clock that is a year ahead."""
    detector = Detector(SETTINGS, {})
    names = ("app-1", "app-2")
    for hour in range(24 * 7):
        for name in names:
            detector.process(read(hour, NOW - DAY_SECONDS * 8 + hour * HOUR_SECONDS, name))
    for number in range(3):
        for name in names:
            detector.process(read(1000 + number, AHEAD + number, name))
    return memory_of(detector)


def test_nothing_of_a_time_to_come_stays_and_habits_do() -> None:
    memory = ahead()
    assert memory.clock.newest_seconds >= AHEAD
    habits = {key: state.volume.state.totals for key, state in memory.states.items()}
    for state in memory.states.values():
        page = LastPage("i", AHEAD + DAY_SECONDS, 0.1, 1.0, (), {})
        state.facts.last_page = page
        state.facts.quarantine = [QuarantinedHour(AHEAD + DAY_SECONDS, None, {0: 1}, ())]
        state.facts.gated_days.append(int(AHEAD // DAY_SECONDS))
    memory.fleet.recent_pages = [(AHEAD, "A1", "app-1", 0), (NOW - 9.0, "A1", "app-1", 0)]
    memory.fleet.strangers.refuse(("A1", "x"), int(AHEAD // HOUR_SECONDS), AHEAD)
    reset_clock(memory, SETTINGS, NOW)
    again = DetectorMemory(SETTINGS.threshold_prior_days, SETTINGS.cohort_weight)
    again.restore(memory.take_changes())
    assert again.clock.newest_seconds == NOW
    assert again.fleet.swept <= NOW
    assert again.fleet.recent_pages == [(NOW - 9.0, "A1", "app-1", 0)]
    assert again.fleet.strangers.calls == 0
    for key, state in again.states.items():
        facts = state.facts
        assert state.volume.state.totals == habits[key]
        assert not state.windows
        assert max(facts.first_seen, facts.last_seen, *facts.raw_keys.values()) <= NOW
        assert max(facts.day, facts.scored_day, facts.raw_key_day) <= NOW / DAY_SECONDS
        assert (facts.last_page, facts.quarantine, facts.gated_days) == (None, [], [])
        assert state.draft is None or state.draft.updated_at <= NOW
        seen = [at for networks in facts.credential_networks.values() for _, at in networks]
        assert all(at <= NOW for at in seen)


def test_what_is_of_its_time_stays() -> None:
    memory = ahead()
    newest = memory.clock.newest_seconds
    before = {key: pack_state(state.snapshot()) for key, state in memory.states.items()}
    reset_clock(memory, SETTINGS, newest + 5.0)
    after = {key: pack_state(state.snapshot()) for key, state in memory.states.items()}
    assert after == before
