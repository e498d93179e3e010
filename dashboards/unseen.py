"""The row of what sellerwatch cannot see: a figure for each kind, and all over time."""

from typing import Final

from dashboards.parts import HALF, QUARTER, WIDE, Panel, lines, number, query

TITLE: Final = "What sellerwatch cannot see"
# Metric, title, text, and from where on somebody should look.
_KINDS: Final = (
    (
        "late_events",
        "Late",
        "Events whose hour had closed: rules see them, statistics do not.",
        100,
    ),
    ("future_events", "Ahead of arrival", "Events from after their arrival, scored at it.", 100),
    ("time_jumps", "Impossible time", "Events with an impossible time, which are not scored.", 1),
    ("reused_request_ids", "Reused ids", "Events under the id of another; they are scored.", 20),
    ("unclassified_reads", "Unclassified", "Calls that returned data of no known class.", 20),
    ("gateway_wrong_keys", "Wrong keys", "Calls to the gateway with a key that nobody has.", 100),
    ("absent_offsets", "Deleted", "Messages that were deleted before they were scored.", 1),
    ("evicted_principals", "Evicted", "Principals forgotten because there were too many.", 100),
    ("refused_checkpoints", "Refused checkpoints", "Checkpoints that no worker believes.", 1),
    ("audit_failures", "Not audited", "Accesses to pages that were not written down.", 1),
    ("refused_verdicts", "Refused verdicts", "Verdicts that do not fit their incident.", 1),
    ("dead_letters", "Unreadable", "Records that could not be read, so nobody watches them.", 10),
)
_IN_A_ROW: Final = 4
_SECOND_DELIVERIES: Final = ("duplicate_events", "duplicate_messages")


def unseen(selector: str) -> tuple[Panel, ...]:
    """Return the panels of the row; `selector` chooses the workers."""
    in_full_rows = len(_KINDS) - len(_KINDS) % _IN_A_ROW
    totals = (
        _total(selector, *kind, width=QUARTER if place < in_full_rows else HALF)
        for place, kind in enumerate(_KINDS)
    )
    return (*totals, _over_time(selector))


def _total(  # noqa: PLR0913
    selector: str, metric: str, title: str, text: str, orange_from: int, *, width: int
) -> Panel:
    expr = f"sum(increase(sellerwatch_{metric}_total{{{selector}}}[$__range]))"
    return number(title, text, "short", expr, (None, "green"), (orange_from, "orange"), width=width)


def _over_time(selector: str) -> Panel:
    metrics = (*(metric for metric, *_ in _KINDS), *_SECOND_DELIVERIES)
    return lines(
        "Bad and repeated input",
        "All of the above over time, and second deliveries, which are skipped.",
        "ops",
        *(
            query(
                f"sum (rate(sellerwatch_{metric}_total{{{selector}}}[$__rate_interval]))",
                metric.replace("_", " "),
            )
            for metric in metrics
        ),
        width=WIDE,
    )
