"""One principal with an open incident: observed and expected values, reads by class, reasons."""

from grafana_foundation_sdk.builders import dashboard

from dashboards.parts import (
    JOB,
    QUARTER,
    Panel,
    address_variable,
    bars,
    labels_variable,
    lines,
    number,
    query,
    rows,
    start,
)

_MINE = (
    "on (incident_id) group_left (principal) max by (incident_id, principal) "
    f'(sellerwatch_incident_page{{{JOB}, tenant=~"$tenant", principal=~"$principal"}} * 0 + 1)'
)


def principal() -> dashboard.Dashboard:
    """Build the dashboard."""
    board = start(
        "sellerwatch-principal",
        "sellerwatch: principal",
        "A principal with an open incident: what was observed, what is usual, and why it stands out.",
    )
    tenants = "label_values(sellerwatch_incident_page, tenant)"
    principals = 'label_values(sellerwatch_incident_page{tenant=~"$tenant"}, principal)'
    board = (
        board.with_variable(labels_variable("tenant", "Tenant", tenants))
        .with_variable(labels_variable("principal", "Principal", principals))
        .with_variable(address_variable("incidents"))
        .with_variable(address_variable("runbooks"))
    )
    for panel in (*_figures(), *_story()):
        board = board.with_panel(panel)
    return board


def _of(metric: str, labels: str = "incident_id", only: str = "") -> str:
    return f"max by ({labels}) (sellerwatch_incident_{metric}{{{JOB}{only}}}) * {_MINE}"


def _ratio_to_median() -> str:
    observed = _of("reading", "incident_id, feature", ', bound="observed"')
    median = (
        f'max by (incident_id, feature) (sellerwatch_incident_reading{{{JOB}, bound="median"}} > 0)'
    )
    return f"max({observed} / on (incident_id, feature) group_left () {median}) or vector(0)"


def _figures() -> tuple[Panel, ...]:
    return (
        _open_incidents(),
        _records(),
        _distinct_subjects(),
        _times_the_usual(),
    )


def _open_incidents() -> Panel:
    return number(
        "Open incidents",
        "Open incidents of the selected principals.",
        "short",
        f'count(count by (incident_id) (sellerwatch_incident_page{{{JOB}, tenant=~"$tenant", principal=~"$principal"}})) or vector(0)',
        (None, "green"),
        (1, "orange"),
        width=QUARTER,
    )


def _records() -> Panel:
    return number(
        "Records",
        "Read since the incidents began.",
        "short",
        f"sum({_of('records')})",
        (None, "blue"),
        width=QUARTER,
    )


def _distinct_subjects() -> Panel:
    return number(
        "Distinct subjects",
        "Read since the incidents began.",
        "short",
        f"sum({_of('subjects')}) or vector(0)",
        (None, "blue"),
        width=QUARTER,
    )


def _times_the_usual() -> Panel:
    return number(
        "Times the usual",
        "The figure that best explains the incident, divided by its usual median.",
        "short",
        _ratio_to_median(),
        (None, "green"),
        (5, "orange"),
        (20, "red"),
        width=QUARTER,
    )


def _story() -> tuple[Panel, ...]:
    return (
        _incidents(),
        _observed_against_expected(),
        _records_read_so_far(),
        _reads_by_class(),
        _why_share_of_the_score(),
        _its_kind_of_integration(),
    )


def _incidents() -> Panel:
    info = (
        "max by (incident_id, who, severity, data_classes, reason, since, notify_by, source, credentials, owner) "
        f"(sellerwatch_incident_info{{{JOB}}}) * {_MINE}"
    )
    return rows(
        "Incidents",
        "Since when, from where, with what, why. A click on the id opens the incident.",
        query(info, instant=True, form="table"),
        transformations=(("organize", {"excludeByName": {"Time": True, "Value": True}}),),
        links={"incident_id": ("Open the incident", "${incidents}${__data.fields.incident_id}")},
    )


def _observed_against_expected() -> Panel:
    return lines(
        "Observed and expected",
        "The figure that best explains the incident, with its usual median, low (5 %) and high (95 %).",
        "short",
        query(
            _of("reading", "incident_id, feature, bound"),
            "{{bound}} {{feature}} {{incident_id}}",
        ),
    )


def _records_read_so_far() -> Panel:
    return lines(
        "Records read so far",
        "Records read since the incident began.",
        "short",
        query(_of("records"), "{{principal}} {{incident_id}}"),
    )


def _reads_by_class() -> Panel:
    return bars(
        "Reads by class",
        "Records of the incident by data class.",
        "short",
        _of("class_records", "incident_id, data_class"),
        "{{data_class}} {{principal}}",
        width=12,
    )


def _why_share_of_the_score() -> Panel:
    return bars(
        "Why: share of the score",
        "Share of the score that each reason explains; network, operation, country and agent are novelties.",
        "percentunit",
        _of("reason_contribution_ratio", "incident_id, feature"),
        "{{feature}} {{principal}}",
        width=12,
    )


def _its_kind_of_integration() -> Panel:
    return lines(
        "Its kind of integration",
        "Records read by all principals, by kind of integration and data class, to compare with this one.",
        "ops",
        query(
            f'sum by (integration_kind, data_class) (rate(sellerwatch_records_read_total{{{JOB}, tenant=~"$tenant"}}[$__rate_interval]))',
            "{{integration_kind}} {{data_class}}",
        ),
        width=24,
    )
