"""What the detector learns when a principal's hour ends."""

from models.detection.known_shares import REGISTERS
from models.detection.scorer import follow_ratio
from models.detector_settings import DetectorSettings
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS, HOURS_A_DAY
from models.estimators.first_reads import suddenness
from models.observation.features import CALLS, DAY_FEATURES, NEW_SUBJECTS, bin_of
from models.observation.subject_sketch import SubjectSketch
from models.observation.window import Window
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalState, QuarantinedHour
from models.tuning.detection import (
    LEAST_KNOWN_SUBJECTS,
    LEAST_OWN_HOURS,
    QUARANTINED_HOURS_KEPT,
    SHARE_PERIOD_DAYS,
    SUDDEN_HOURS,
    USUAL_SHARE_KEPT_A_DAY,
    VERDICT_AWAITED_DAYS,
)


def close_hour(
    memory: DetectorMemory, state: PrincipalState, window: Window, settings: DetectorSettings
) -> None:
    """Learn an hour, or quarantine an unusual one: an attacker must not teach the baseline.

    An hour that paged is learnt only after a benign verdict. An unusual hour that did not page
    is learnt after some days.
    """
    window.count_subjects()
    facts = state.facts
    if facts.day == window.index // 24:
        for feature in range(DAY_FEATURES):
            facts.today[feature] += max(0.0, window.values[feature])
        facts.has_objects = facts.has_objects or window.objects > 0
    _keep_new(state, window)
    facts.usual_new_objects = max(facts.usual_new_objects, window.values[NEW_SUBJECTS])
    cohort = memory.cohort(facts.cohort)
    follow_ratio(state, window.index // 24, 0.0, cohort, memory.everybody)
    _merge_subjects(memory, state, window)
    bins = {f: bin_of(value) for f, value in enumerate(window.values) if value > 0.0}
    if state.volume.hours(CALLS) >= LEAST_OWN_HOURS:
        deviation = bins.get(CALLS, 0) - state.volume.state.medians[CALLS]
        cohort.learn_hour(window.index % 24, float(deviation))
    tokens = tuple(number for number in window.new if number >= 0)
    now = (window.index + 1) * HOUR_SECONDS
    _learn_due(state, now)
    draft = state.draft
    paged = draft is not None and draft.is_paging and not draft.is_benign
    if not (window.anomalous or paged):
        if window.index * HOUR_SECONDS - facts.first_seen >= DAY_SECONDS:
            facts.network_changes += _changed_networks(state, window)
        learn(state, bins, tokens)
        facts.sequential_today = max(facts.sequential_today, window.sequential)
        facts.reach_today = max(facts.reach_today, window.reach_seconds)
        return
    days = VERDICT_AWAITED_DAYS if paged else settings.learning_delay_days
    name = draft.incident_id if draft is not None and paged else None
    facts.quarantine.append(QuarantinedHour(now + days * DAY_SECONDS, name, bins, tokens))
    del facts.quarantine[:-QUARANTINED_HOURS_KEPT]


def _changed_networks(state: PrincipalState, window: Window) -> int:
    """Count the networks that no hour has learnt yet: one that stays new for hours counts once."""
    known = state.novelty.known
    return sum(
        new.feature == "network" and number not in known for number, new in window.new.items()
    )


def _keep_new(state: PrincipalState, window: Window) -> None:
    facts, new = state.facts, window.first_reads
    if new > 0.0:
        sudden = suddenness(new, state.new_in_hours(window))
        if facts.day == window.index // HOURS_A_DAY:
            facts.most_sudden = max(facts.most_sudden, sudden)
        facts.new_by_hour[window.index] = new
    if facts.new_by_hour:
        first = window.index - SUDDEN_HOURS + 1
        facts.new_by_hour = {i: n for i, n in facts.new_by_hour.items() if i >= first}


def learn(state: PrincipalState, bins: dict[int, int], tokens: tuple[int, ...]) -> None:
    """Add one hour to a principal's baseline."""
    state.volume.learn_bins(bins)
    for token in tokens:
        state.novelty.learn_token(token)


def _learn_due(state: PrincipalState, now: float) -> None:
    held = state.facts.quarantine
    if not held or all(hour.due_seconds > now for hour in held):
        return
    state.facts.quarantine = [hour for hour in held if hour.due_seconds > now]
    for hour in held:
        if hour.due_seconds <= now and hour.incident_id is None:
            learn(state, hour.bins, hour.tokens)


def _merge_subjects(memory: DetectorMemory, state: PrincipalState, window: Window) -> None:
    for what, registers in window.subjects.items():
        hour = SubjectSketch(registers)
        fleet = memory.fleet.subjects.get(what)
        if fleet is None:
            fleet = memory.fleet.subjects[what] = SubjectSketch.of_an_hour().registers
        SubjectSketch(fleet).merge(hour)
        _merge_hour(state, what, hour, window.index // 24)
        everybody = SubjectSketch(fleet).estimate()
        if everybody >= LEAST_KNOWN_SUBJECTS:
            today = SubjectSketch(state.facts.subjects[what][:REGISTERS]).estimate()
            state.facts.shares[what] = min(1.0, today / everybody)


def _merge_hour(state: PrincipalState, what: str, hour: SubjectSketch, day: int) -> None:
    facts = state.facts
    if facts.subject_day != day:
        _turn_day(state, day)
    registers = facts.subjects.get(what)
    if registers is None:
        registers = facts.subjects[what] = bytearray(REGISTERS * len(SHARE_PERIOD_DAYS))
    today = SubjectSketch(registers[:REGISTERS])
    today.merge(hour)
    registers[:REGISTERS] = today.registers


def _turn_day(state: PrincipalState, day: int) -> None:
    """Begin a new day; merge the last one into its week and its 30 days."""
    facts = state.facts
    for what, share in facts.shares.items():
        facts.usual_shares[what] = max(
            share, USUAL_SHARE_KEPT_A_DAY * facts.usual_shares.get(what, 0.0)
        )
    facts.shares = {}
    for registers in facts.subjects.values():
        ended = SubjectSketch(registers[:REGISTERS])
        for number, days in enumerate(SHARE_PERIOD_DAYS):
            place = slice(number * REGISTERS, (number + 1) * REGISTERS)
            if facts.subject_day // days != day // days:
                registers[place] = bytes(REGISTERS)
            elif number:
                period = SubjectSketch(registers[place])
                period.merge(ended)
                registers[place] = period.registers
    facts.subject_day = day
