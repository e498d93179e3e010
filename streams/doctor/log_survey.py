"""What a seller's logs show, counted in bounded memory."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from models.domain.access_event import AccessEvent, Grant, Outcome
from models.domain.data_class import DataClass
from models.domain.seller_notice import is_notice
from models.tuning.rules import OLD_CREDENTIAL_DAYS

_MOST_NAMES: Final = 10_000
_ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)
# Calls that only a trail with data events logs.
_DATA_EVENTS: Final = {
    "s3": frozenset({"GetObject", "HeadObject", "ListObjects", "ListObjectsV2", "PutObject"}),
    "dynamodb": frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "ExecuteStatement"}),
}
_SECRETS: Final = frozenset({Grant.LWA.value, Grant.SECRET_KEY.value})


@dataclass
class PrincipalSurvey:
    """What one principal read, by data class, in successful calls."""

    calls: int = 0
    classes: Counter[DataClass] = field(default_factory=Counter)


class LogSurvey:
    """Counts events; of more than 10,000 principals or keys, the later ones are only counted.

    Examples
    --------
    >>> survey = LogSurvey()
    >>> survey.events, survey.newest_seconds
    (0, None)
    """

    def __init__(self) -> None:
        self.events = 0
        self.marketplace_events = 0
        self.account_events = 0
        self.data_events = 0
        self.unlisted = 0
        self.oldest_seconds: float | None = None
        self.newest_seconds: float | None = None
        self.classes: Counter[DataClass] = Counter()
        self.principals: dict[str, PrincipalSurvey] = {}
        # (principal, credential) of raw keys that read sensitive data, and of old secrets.
        self.raw_keys: dict[tuple[str, str], int] = {}
        self.old_keys: dict[tuple[str, str], int] = {}
        self.sensitive_reads = 0
        self.known: Counter[str] = Counter()

    def add(self, event: AccessEvent) -> None:
        """Count an event; what the marketplace announces is nobody's read."""
        if is_notice(event):
            return
        self.events += 1
        newest, oldest = self.newest_seconds, self.oldest_seconds
        self.newest_seconds = event.time if newest is None else max(newest, event.time)
        self.oldest_seconds = event.time if oldest is None else min(oldest, event.time)
        if _ACCOUNT.fullmatch(event.tenant) is None:
            self.marketplace_events += 1
        else:
            self.account_events += 1
            self.data_events += event.operation in _DATA_EVENTS.get(event.service, ())
        if event.outcome is Outcome.SUCCESS:
            self._add_success(event)

    def _add_success(self, event: AccessEvent) -> None:
        found = self.principals.get(event.principal)
        if found is None and len(self.principals) < _MOST_NAMES:
            found = self.principals[event.principal] = PrincipalSurvey()
        if found is None:
            self.unlisted += 1
        else:
            found.calls += 1
            found.classes.update(event.data_classes)
        self.classes.update(event.data_classes)
        self._add_credential(event)
        if any(one.is_sensitive for one in event.data_classes):
            self._add_sensitive(event)

    def _add_credential(self, event: AccessEvent) -> None:
        age, key = event.credential_age_days, (event.principal, event.credential_id or "")
        if age is None or age <= OLD_CREDENTIAL_DAYS or event.grant not in _SECRETS:
            return
        if key in self.old_keys or len(self.old_keys) < _MOST_NAMES:
            self.old_keys[key] = max(age, self.old_keys.get(key, 0))

    def _add_sensitive(self, event: AccessEvent) -> None:
        self.sensitive_reads += 1
        self.known["records"] += event.records is not None or bool(event.subject_ids)
        self.known["credential_id"] += event.credential_id is not None
        self.known["grant"] += event.grant is not None
        self.known["credential_age_days"] += event.credential_age_days is not None
        self.known["source_ip"] += event.source_ip is not None
        if event.grant != Grant.SECRET_KEY:
            return
        key = (event.principal, event.credential_id or "")
        if key in self.raw_keys or len(self.raw_keys) < _MOST_NAMES:
            self.raw_keys[key] = self.raw_keys.get(key, 0) + 1
