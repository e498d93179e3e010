"""Sets the time of a partition back, or anew, without losing habits."""

from models.detector_settings import DetectorSettings
from models.domain.time_units import DAY_SECONDS, day_of, hour_of
from models.incidents.incident_draft import IncidentDraft
from models.state.detector_memory import DetectorMemory
from models.state.principal_state import PrincipalFacts
from models.state.strangers import Strangers
from models.tuning.detection import VERDICT_AWAITED_DAYS


def take_back(memory: DetectorMemory, newest_seconds: float) -> None:
    """Take back a time that one principal alone has made."""
    fleet, day = memory.fleet, day_of(newest_seconds)
    fleet.swept = min(fleet.swept or newest_seconds, newest_seconds)
    fleet.day = min(fleet.day, day)
    fleet.started = min(fleet.started or newest_seconds, newest_seconds)
    for state in memory.states.values():
        state.facts.day = min(state.facts.day, day)


def reset_clock(memory: DetectorMemory, settings: DetectorSettings, seconds: float) -> None:
    """Begin the clock of a partition anew at a time.

    Habits stay. What is noted at a later time counts as of now; hours that are yet to come are
    dropped unlearnt.

    Parameters
    ----------
    memory
        What is remembered of the partition.
    settings
        How long a page mutes the next one.
    seconds
        The time that it is, such as that of the last event's arrival.
    """
    memory.clock.restart(seconds)
    take_back(memory, seconds)
    fleet, hour = memory.fleet, hour_of(seconds)
    fleet.recent_pages = [page for page in fleet.recent_pages if page[0] <= seconds]
    if fleet.strangers.hour > hour:
        fleet.strangers = Strangers()
    _set_back(fleet.surge, seconds)
    for key, state in memory.states.items():
        for index in [index for index in state.windows if index > hour]:
            memory.drop_hour(key, index)
        _forget_future(state.facts, settings, seconds)
        _set_back(state.draft, seconds)
        memory.mark(key)
    memory.mark_fleet()


def _forget_future(facts: PrincipalFacts, settings: DetectorSettings, seconds: float) -> None:
    day = day_of(seconds)
    facts.first_seen = min(facts.first_seen, seconds)
    facts.last_seen = min(facts.last_seen, seconds)
    facts.scored_day = min(facts.scored_day, day)
    facts.raw_key_day = min(facts.raw_key_day, day)
    facts.gated_days = [gated for gated in facts.gated_days if gated <= day]
    facts.raw_keys = {name: min(told, seconds) for name, told in facts.raw_keys.items()}
    facts.credential_networks = {
        name: [(network, min(seen, seconds)) for network, seen in networks]
        for name, networks in facts.credential_networks.items()
    }
    page = facts.last_page
    if page is not None and page.until_seconds > seconds + settings.mute_days * DAY_SECONDS:
        # It would mute every page until then.
        facts.last_page = None
    # A quarantined hour of a later time would not be released before that.
    days = max(VERDICT_AWAITED_DAYS, settings.learning_delay_days)
    last = seconds + days * DAY_SECONDS
    facts.quarantine = [held for held in facts.quarantine if held.due_seconds <= last]


def _set_back(draft: IncidentDraft | None, seconds: float) -> None:
    if draft is not None:
        draft.opened_at = min(draft.opened_at, seconds)
        draft.updated_at = min(draft.updated_at, seconds)
