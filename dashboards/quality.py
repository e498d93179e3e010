"""Detection quality: scores, false pages against the allowed rate, verdicts."""

from grafana_foundation_sdk.builders import dashboard

from dashboards.parts import JOB, Panel, bars, heat, lines, number, query, start


def quality() -> dashboard.Dashboard:
    """Build the dashboard."""
    board = start(
        "sellerwatch-quality",
        "sellerwatch: detection quality",
        "Scores, false pages against the allowed rate, and verdicts.",
    ).time("now-7d", "now")
    for panel in (*_figures(), *_scores(), *_outcomes()):
        board = board.with_panel(panel)
    return board


def _sum(metric: str, labels: str = "", span: str = "$__range") -> str:
    extra = f", {labels}" if labels else ""
    return f"sum(increase(sellerwatch_{metric}{{{JOB}{extra}}}[{span}]))"


_DAYS = _sum("day_score_count")
_MALICIOUS = 'verdict="malicious"'
_TRUE = f"({_sum('verdicts_total', _MALICIOUS)} or vector(0))"
_FALSE = f"clamp_min({_sum('pages_total')} - {_TRUE}, 0) / clamp_min({_DAYS}, 1)"
_BUDGET = f"max(sellerwatch_false_page_budget_ratio{{{JOB}}})"


def _figures() -> tuple[Panel, ...]:
    return (
        _false_pages_a_principal_day(),
        _allowed(),
        _principal_days(),
        _pages(),
        _called_malicious(),
        _called_benign(),
    )


def _false_pages_a_principal_day() -> Panel:
    return number(
        "False pages per principal-day",
        "Pages without a malicious verdict per principal-day, in the selected time range: an upper bound.",
        "short",
        _FALSE,
        (None, "green"),
        (0.03, "orange"),
        (0.1, "red"),
    )


def _allowed() -> Panel:
    return number(
        "Allowed",
        "The setting false_pages_per_principal_day.",
        "short",
        _BUDGET,
        (None, "blue"),
    )


def _principal_days() -> Panel:
    return number(
        "Principal-days",
        "Days of principals that were scored to the end.",
        "short",
        _DAYS,
        (None, "blue"),
    )


def _pages() -> Panel:
    return number(
        "Pages", "Pages in the selected time range.", "short", _sum("pages_total"), (None, "blue")
    )


def _called_malicious() -> Panel:
    return number(
        "Called malicious",
        "Verdicts in the selected time range.",
        "short",
        _sum("verdicts_total", _MALICIOUS),
        (None, "blue"),
    )


def _called_benign() -> Panel:
    return number(
        "Called benign",
        "Verdicts in the selected time range.",
        "short",
        _sum("verdicts_total", 'verdict="benign"'),
        (None, "blue"),
    )


def _scores() -> tuple[Panel, ...]:
    return (
        heat(
            "Daily scores",
            "Highest score of each principal-day, at the end of the day.",
            "short",
            f"sum by (le) (increase(sellerwatch_day_score_bucket{{{JOB}}}[$__rate_interval]))",
        ),
        bars(
            "Daily p-values",
            "Share of days with at most this p-value. With the right threshold it equals the p-value: half of the days at 0.5, a tenth at 0.1.",
            "percentunit",
            f"sum by (le) (increase(sellerwatch_day_p_value_ratio_bucket{{{JOB}}}[$__range])) / ignoring (le) group_left () clamp_min(sum(increase(sellerwatch_day_p_value_ratio_count{{{JOB}}}[$__range])), 1)",
            "at most {{le}}",
            width=12,
        ),
    )


def _outcomes() -> tuple[Panel, ...]:
    return (
        _false_pages_against_allowed(),
        _pages_by_kind(),
        _incidents_that_ended(),
        _verdicts(),
    )


def _false_pages_against_allowed() -> Panel:
    return lines(
        "False pages and allowed rate",
        "Over seven days. Above the allowed rate, people stop trusting pages.",
        "short",
        query(
            f"clamp_min({_sum('pages_total', span='7d')} - {_TRUE.replace('$__range', '7d')}, 0) / clamp_min({_sum('day_score_count', span='7d')}, 1)",
            "achieved",
        ),
        query(_BUDGET, "allowed"),
    )


def _pages_by_kind() -> Panel:
    return bars(
        "Pages by kind",
        "Pages in the selected time range, by the kind that raised them.",
        "short",
        f"sum by (kind) (increase(sellerwatch_pages_total{{{JOB}}}[$__range]))",
        "{{kind}}",
        width=12,
    )


def _incidents_that_ended() -> Panel:
    return lines(
        "Closed incidents",
        "Closed pages and tickets.",
        "short",
        query(
            f"sum by (page) (increase(sellerwatch_incidents_closed_total{{{JOB}}}[$__rate_interval]))",
            "page: {{page}}",
        ),
    )


def _verdicts() -> Panel:
    return lines(
        "Verdicts",
        "Verdicts on incidents.",
        "short",
        query(
            f"sum by (verdict) (increase(sellerwatch_verdicts_total{{{JOB}}}[$__rate_interval]))",
            "{{verdict}}",
        ),
    )
