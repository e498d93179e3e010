"""Whether detection does what was asked: scores, false pages against the allowed, verdicts."""

from grafana_foundation_sdk.builders import dashboard

from dashboards.parts import JOB, Panel, bars, heat, lines, number, query, start


def quality() -> dashboard.Dashboard:
    """Build the dashboard."""
    board = start(
        "sellerwatch-quality",
        "sellerwatch: detection quality",
        "Scores, pages against the rate that is allowed, and what people said of them.",
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
        "False pages a principal-day",
        "Pages that nobody called malicious, over principal-days in the time shown: an upper bound.",
        "short",
        _FALSE,
        (None, "green"),
        (0.03, "orange"),
        (0.1, "red"),
    )


def _allowed() -> Panel:
    return number(
        "Allowed",
        "false_pages_per_principal_day of the settings.",
        "short",
        _BUDGET,
        (None, "blue"),
    )


def _principal_days() -> Panel:
    return number(
        "Principal-days",
        "Days of principals that were scored to their end.",
        "short",
        _DAYS,
        (None, "blue"),
    )


def _pages() -> Panel:
    return number("Pages", "In the time shown.", "short", _sum("pages_total"), (None, "blue"))


def _called_malicious() -> Panel:
    return number(
        "Called malicious",
        "Verdicts in the time shown.",
        "short",
        _sum("verdicts_total", _MALICIOUS),
        (None, "blue"),
    )


def _called_benign() -> Panel:
    return number(
        "Called benign",
        "Verdicts in the time shown.",
        "short",
        _sum("verdicts_total", 'verdict="benign"'),
        (None, "blue"),
    )


def _scores() -> tuple[Panel, ...]:
    return (
        heat(
            "Scores of days",
            "Highest score of each principal's day, by the end of the day.",
            "short",
            f"sum by (le) (increase(sellerwatch_day_score_bucket{{{JOB}}}[$__rate_interval]))",
        ),
        bars(
            "p-values of days",
            "Share of days with a p-value of at most so much. A right threshold gives each its own share: half of them at 0.5, a tenth at 0.1.",
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
        "False pages against allowed",
        "Over seven days; above the allowed rate people stop believing pages.",
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
        "In the time shown, by what made them a page.",
        "short",
        f"sum by (kind) (increase(sellerwatch_pages_total{{{JOB}}}[$__range]))",
        "{{kind}}",
        width=12,
    )


def _incidents_that_ended() -> Panel:
    return lines(
        "Incidents that ended",
        "Pages and tickets.",
        "short",
        query(
            f"sum by (page) (increase(sellerwatch_incidents_closed_total{{{JOB}}}[$__rate_interval]))",
            "page: {{page}}",
        ),
    )


def _verdicts() -> Panel:
    return lines(
        "Verdicts",
        "What people said of incidents.",
        "short",
        query(
            f"sum by (verdict) (increase(sellerwatch_verdicts_total{{{JOB}}}[$__rate_interval]))",
            "{{verdict}}",
        ),
    )
