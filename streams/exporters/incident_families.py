"""The series of single incidents, within a budget of bytes."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from streams.exporters.open_incident import OpenIncident
from streams.presentation.untrusted_text import sanitize

_LABELS: Final = ("incident_id", "tenant", "principal", "kind")
_DETAILED: Final = 8
_OWNER_CHARACTERS: Final = 64


class IncidentFamilies:
    """The metric families of the incidents that are shown one by one.

    The worst eight are exported in full. The others shorten their reason, so that a scrape does not
    time out when many incidents are open. Their incident page has the full text.

    Parameters
    ----------
    shown
        The incidents, worst first.
    owner_of
        Incident's id -> who has taken it; empty if nobody has.

    Examples
    --------
    >>> [metric.name for metric in IncidentFamilies([]).collect()][:2]
    ['sellerwatch_incident_page', 'sellerwatch_incident_records']
    """

    def __init__(
        self, shown: list[OpenIncident], owner_of: Callable[[str], str] = lambda _: ""
    ) -> None:
        self._shown, self._owner_of = shown, owner_of

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        pages = GaugeMetricFamily(
            "sellerwatch_incident_page",
            "1 for an open incident that pages, else 0.",
            labels=_LABELS,
        )
        records = _gauge("records", "Records read since the open incident began.")
        calls = _gauge("calls", "Calls since the open incident began.")
        subjects = _gauge("subjects", "Distinct subjects read since the open incident began.")
        info = InfoMetricFamily(
            "sellerwatch_incident",
            "What the on-call engineer needs to know about an open incident.",
        )
        for rank, shown in enumerate(self._shown):
            key = (shown.incident_id,)
            pages.add_metric([shown.labels[name] for name in _LABELS], int(shown.page))
            records.add_metric(key, shown.records)
            calls.add_metric(key, shown.calls)
            if shown.subjects is not None:
                subjects.add_metric(key, shown.subjects)
            owner = sanitize(self._owner_of(shown.incident_id), _OWNER_CHARACTERS)
            taken = {"owner": owner} if owner else {}
            info.add_metric((), _info(shown, rank < _DETAILED) | taken)
        yield from (pages, records, calls, subjects, info)
        yield from self._details(self._shown[:_DETAILED])

    def _details(self, detailed: list[OpenIncident]) -> Iterator[Metric]:
        reasons = _gauge(
            "reason_contribution_ratio", "Share of the score that a reason explains.", "feature"
        )
        classes = _gauge(
            "class_records", "Records read in the open incident, by data class.", "data_class"
        )
        for shown in detailed:
            for feature, share in shown.contributions.items():
                reasons.add_metric((shown.incident_id, feature), share)
            for name, records in shown.records_by_class.items():
                classes.add_metric((shown.incident_id, name), records)
        yield from (reasons, classes, self._readings(detailed))

    def _readings(self, detailed: list[OpenIncident]) -> Metric:
        family = GaugeMetricFamily(
            "sellerwatch_incident_reading",
            "Observed value and usual range of the feature that best explains the incident.",
            labels=("incident_id", "feature", "bound"),
        )
        for shown in detailed:
            for bound, value in shown.reading.items():
                family.add_metric((shown.incident_id, shown.feature, bound), value)
        return family


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sellerwatch_incident_{name}", text, labels=("incident_id", *labels))


def _info(shown: OpenIncident, detailed: bool) -> dict[str, str]:
    return {
        "incident_id": shown.incident_id,
        "who": shown.who,
        "severity": shown.severity.value,
        "data_classes": ", ".join(shown.data_classes),
        "reason": shown.reason if detailed else shown.brief,
        "since": f"{shown.since:%Y-%m-%d %H:%M} UTC",
        "notify_by": "" if shown.notify_by is None else f"{shown.notify_by:%Y-%m-%d %H:%M} UTC",
        "source": shown.source,
        "credentials": shown.credentials,
    }
