"""Compares the rate of pages with the rate that the user allows."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from models.incidents.incident import Incident, IncidentKind, IncidentStatus

_SCORES: Final = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20)
_P_VALUES: Final = (1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)
_PAGES_KEPT: Final = 100_000
VERDICTS: Final = ("benign", "malicious")


class CalibrationMetrics:
    """Counts pages, principal-days and verdicts, and shows how days were scored.

    The threshold is fitted to the highest score of each principal-day. While the threshold is
    right, the p-values of these scores are spread evenly over 0 to 1.

    Parameters
    ----------
    nominal
        False pages per principal and day that the user allows.
    registry
        Registry for the metrics.

    Examples
    --------
    >>> registry = CollectorRegistry()
    >>> CalibrationMetrics(0.01, registry).count_days([(7.0, 0.002)])
    >>> registry.get_sample_value("sellerwatch_day_score_count")
    1.0
    """

    def __init__(self, nominal: float, registry: CollectorRegistry) -> None:
        self._paged: dict[str, None] = {}
        self._pages = Counter(
            "sellerwatch_pages",
            "Incidents that became a page, by the kind that raised it.",
            ["kind"],
            registry=registry,
        )
        self._incidents = Counter(
            "sellerwatch_incidents_closed",
            "Closed incidents, by whether they paged.",
            ["page"],
            registry=registry,
        )
        self._scores = Histogram(
            "sellerwatch_day_score",
            "Highest score of each principal-day.",
            registry=registry,
            buckets=_SCORES,
        )
        self._p_values = Histogram(
            "sellerwatch_day_p_value_ratio",
            "Chance that a normal day's highest score is at least as high.",
            registry=registry,
            buckets=_P_VALUES,
        )
        self._verdicts = Counter(
            "sellerwatch_verdicts", "Verdicts given.", ["verdict"], registry=registry
        )
        for kind in IncidentKind:
            self._pages.labels(kind.value)
        for page in ("true", "false"):
            self._incidents.labels(page)
        for verdict in VERDICTS:
            self._verdicts.labels(verdict)
        Gauge(
            "sellerwatch_false_page_budget_ratio",
            "False pages per principal and day that the settings allow.",
            registry=registry,
        ).set(nominal)

    def count_incidents(self, incidents: Iterable[Incident]) -> None:
        """Count new pages and closed incidents among the states that a detector emitted."""
        for incident in incidents:
            key = incident.incident_id
            if incident.is_paging and key not in self._paged:
                self._paged[key] = None
                kind = incident.page_kind or IncidentKind.BULK_READ
                self._pages.labels(kind.value).inc()
                if len(self._paged) > _PAGES_KEPT:
                    del self._paged[next(iter(self._paged))]
            if incident.status is IncidentStatus.CLOSED:
                self._paged.pop(key, None)
                if incident.reopened_at is not None:
                    # It was counted when it was closed for the first time.
                    continue
                self._incidents.labels(str(incident.page).lower()).inc()

    def count_days(self, days: Iterable[tuple[float, float]]) -> None:
        """Count finished principal-days, each with its highest score and that score's p-value."""
        for score, p_value in days:
            self._scores.observe(score)
            self._p_values.observe(p_value)

    def count_verdict(self, verdict: str) -> None:
        """Count a verdict, ``benign`` or ``malicious``."""
        if verdict in VERDICTS:
            self._verdicts.labels(verdict).inc()
