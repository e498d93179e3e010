"""All rules, in the order of their reasons."""

from collections.abc import Mapping

from models.detector_settings import DetectorSettings, PrincipalProfile
from models.domain.access_event import AccessEvent, Grant, Outcome
from models.domain.network import Network
from models.domain.time_units import DAY_SECONDS
from models.incidents.finding import Finding
from models.observation.window import Window
from models.rules.canary import canary_read
from models.rules.caps import over_cap
from models.rules.delegation import new_delegate
from models.rules.failures import failure_run
from models.rules.history import deep_history
from models.rules.known_share import known_share_read
from models.rules.purpose import declared_networks, purpose_violation, unexpected_network
from models.rules.scraping import newcomer_scrape
from models.rules.secrets import secrets_run
from models.rules.sequence import sequential_run
from models.rules.storage import storage_search
from models.rules.sweep import bucket_sweep
from models.state.fleet_state import FleetState
from models.state.principal_state import PrincipalState
from models.tuning.rules import (
    KNOWN_SHARE_LEAST_ALLOWED,
    RULE_BOOK_KNOWING_DAYS,
    RULE_BOOK_LEAST_SIGNS,
    RULE_BOOK_SCRIPT_AGENTS,
    SWEEP_KNOWN_DAYS,
    SWEEP_YOUNG_SECONDS,
)


class RuleBook:
    """Asks every rule about an event.

    Parameters
    ----------
    settings
        Caps and sizes.
    profiles
        What the user declared, by principal.
    canaries
        Keyed hashes of planted ids.
    """

    def __init__(
        self,
        settings: DetectorSettings,
        profiles: Mapping[str, PrincipalProfile],
        canaries: frozenset[int],
    ) -> None:
        self._settings = settings
        self._profiles = profiles
        self._canaries = canaries
        self._networks: dict[str, tuple[Network, ...]] = {
            name: declared_networks(profile)
            for name, profile in profiles.items()
            if profile.expected_networks is not None
        }

    def ask(self, event: AccessEvent, fleet: FleetState) -> list[Finding]:
        """Ask the rules that need no window: they speak of late events, too."""
        found: list[Finding] = []
        if self._canaries and (canary := canary_read(event, self._canaries)) is not None:
            found.append(canary)
        if event.delegate is not None and (given := new_delegate(event, fleet)) is not None:
            found.append(given)
        profile = self._profiles.get(event.principal)
        if profile is None or event.outcome is not Outcome.SUCCESS:
            return found
        violation = purpose_violation(event, profile)
        if violation is not None:
            found.append(violation)
        networks = self._networks.get(event.principal)
        if networks is not None:
            stranger = unexpected_network(event, networks)
            if stranger is not None:
                found.append(stranger)
        return found

    def has_caps(self, principal: str) -> bool:
        """Whether a principal has caps."""
        profile = self._profiles.get(principal)
        settings = self._settings
        own = profile is not None and profile.daily_caps
        return bool(settings.hourly_caps or settings.daily_caps or own)

    def ask_window(
        self,
        event: AccessEvent,
        state: PrincipalState,
        window: Window,
        *,
        is_newcomer: bool,
        known_days: float,
        surge: float = 1.0,
        newcomers_page: bool = True,
    ) -> list[Finding]:
        """Ask the rules that need the open hour.

        Parameters
        ----------
        event, state, window
            The call that is judged, its caller, and the hour so far.
        is_newcomer
            Whether the caller appeared when the others were already known.
        known_days
            Principal-days from which the statistics know such reads.
        surge
            How many times their usual volume those of its kind read now.
        newcomers_page
            Whether strange newcomers are rare enough in this fleet to page.
        """
        failed = failure_run(event, window, state.volume)
        found = [failed, self._ask_of_sequence(event, state, window, surge)]
        if event.outcome is Outcome.SUCCESS:
            found += self._ask_of_volume(event, state, window, known_days)
            if event.time - state.facts.first_seen < DAY_SECONDS:
                found += self._ask_of_first_day(event, window, is_newcomer, newcomers_page)
        return [finding for finding in found if finding is not None]

    def _ask_of_sequence(
        self, event: AccessEvent, state: PrincipalState, window: Window, surge: float
    ) -> Finding | None:
        least = self._settings.min_sequential_ids
        if window.sequential < least:
            return None
        known = state.days.days >= RULE_BOOK_KNOWING_DAYS
        usual = state.facts.usual_sequential
        return sequential_run(event, window, usual, least, is_known=known, surge=surge)

    def _ask_of_volume(
        self, event: AccessEvent, state: PrincipalState, window: Window, known_days: float
    ) -> list[Finding | None]:
        settings, facts = self._settings, state.facts
        profile = self._profiles.get(event.principal)
        daily = settings.daily_caps
        if profile is not None:
            daily = {**daily, **profile.daily_caps}
        found = [
            secrets_run(event, window, state.volume),
            deep_history(event, window, settings.min_page_records),
        ]
        if settings.hourly_caps or daily:
            found.append(over_cap(event, state, window, settings.hourly_caps, daily))
        if state.days.days >= RULE_BOOK_KNOWING_DAYS and facts.shares:
            limit = settings.max_known_share_a_day
            pages = settings.false_pages_per_principal_day >= KNOWN_SHARE_LEAST_ALLOWED
            share = known_share_read(event, facts.shares, facts.usual_shares, limit, pages=pages)
            found.append(share)
        young = event.time - facts.first_seen < SWEEP_YOUNG_SECONDS
        if young or known_days < SWEEP_KNOWN_DAYS:
            found.append(bucket_sweep(event, window, facts.usual_new_objects))
        return found

    def _ask_of_first_day(
        self, event: AccessEvent, window: Window, is_newcomer: bool, newcomers_page: bool
    ) -> list[Finding | None]:
        signs = _signs(event, window)
        strange = is_newcomer and bool(signs)
        found = [storage_search(event, window, is_newcomer=strange and newcomers_page)]
        is_declared = event.principal in self._profiles
        if not is_declared and is_newcomer and len(signs) >= RULE_BOOK_LEAST_SIGNS:
            least = self._settings.min_page_records
            found.append(newcomer_scrape(event, window, least, signs, pages=newcomers_page))
        return found


def _signs(event: AccessEvent, window: Window) -> list[str]:
    signs = []
    if event.grant == Grant.SECRET_KEY:
        signs.append("it holds a raw secret key")
    strange = window.new_counts
    if "network" in strange:
        signs.append("no principal used its network before")
    if "user_agent" in strange:
        signs.append("no principal used its user agent before")
    elif (event.user_agent or "").lower().startswith(RULE_BOOK_SCRIPT_AGENTS):
        signs.append("it reads with a script")
    return signs
