"""Each sign keeps a reason."""

import pytest

from models.incidents.incident import IncidentKind, Reason
from models.incidents.reason_kind import kind_of, with_each_kind


def reason(feature: str, window: str, contribution: float = 0.5) -> Reason:
    return Reason(
        feature=feature, window=window, observed=9.0, expected=1.0, p_value=0.01,
        contribution=contribution, text="app-1 did.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "window", "kind"),
    [
        ("records", "hour", IncidentKind.BULK_READ),
        ("records", "day", IncidentKind.BULK_READ),
        ("records", "7d", IncidentKind.SLOW_EXFILTRATION),
        ("country", "event", IncidentKind.NEW_NETWORK),
        ("user_agent", "event", None),
    ],
)
def test_a_reason_shows_a_kind(feature: str, window: str, kind: IncidentKind | None) -> None:
    assert kind_of(reason(feature, window)) is kind


def test_what_had_no_share_keeps_a_reason_for_each_further_kind() -> None:
    best = (reason("records", "hour"),)
    rest = (reason("bytes", "hour"), reason("network", "event"), reason("country", "event"))
    kept = with_each_kind(best, rest)
    assert [(one.feature, one.contribution) for one in kept] == [("records", 0.5), ("network", 0.0)]
