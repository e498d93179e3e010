"""The SOC wall: open incidents, exposed data, who reads what, and where it goes."""

from grafana_foundation_sdk.builders import dashboard

from dashboards.parts import (
    JOB,
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

_PAGES = f'max by (incident_id, tenant, principal, kind) (sellerwatch_incident_page{{{JOB}, tenant=~"$tenant"}})'
_INFO = (
    "max by (incident_id, who, severity, data_classes, reason, since, notify_by, source, credentials, owner) "
    f'(sellerwatch_incident_info{{{JOB}, data_classes=~".*($data_class).*"}})'
)
_READ = f'sellerwatch_records_read_total{{{JOB}, tenant=~"$tenant", data_class=~"$data_class"}}'
_OK_BAD = ((None, "green"), (1, "red"))


def soc_wall() -> dashboard.Dashboard:
    """Build the dashboard."""
    board = start(
        "sellerwatch-soc",
        "sellerwatch: SOC wall",
        "Open incidents, exposed data, who reads what, and where it goes.",
    )
    for name, label in (("tenant", "Tenant"), ("data_class", "Data class")):
        source = f"label_values(sellerwatch_records_read_total, {name})"
        board = board.with_variable(labels_variable(name, label, source))
    board = board.with_variable(address_variable("incidents")).with_variable(
        address_variable("runbooks")
    )
    for panel in (*_figures(), _incidents(), *_counts(), *_reads()):
        board = board.with_panel(panel)
    return board


def _figures() -> tuple[Panel, ...]:
    return (
        _pages_open(),
        _tickets_open(),
        _records_exposed(),
        _subjects_exposed(),
        _time_to_tell_the_marketplace(),
        _not_shown(),
    )


def _pages_open() -> Panel:
    one = f"max by (severity, page) (sellerwatch_open_incidents{{{JOB}, page="
    return number(
        "Open pages",
        "Open incidents that paged the on-call engineer.",
        "short",
        f'sum({one}"true"}}))',
        *_OK_BAD,
    )


def _tickets_open() -> Panel:
    one = f"max by (severity, page) (sellerwatch_open_incidents{{{JOB}, page="
    return number(
        "Open tickets",
        "Open incidents that paged nobody.",
        "short",
        f'sum({one}"false"}}))',
        (None, "green"),
        (1, "orange"),
    )


def _records_exposed() -> Panel:
    shown = f"max by (incident_id) (sellerwatch_incident_%s{{{JOB}}})"
    paging = f'on (incident_id) (max by (incident_id) (sellerwatch_incident_page{{{JOB}, tenant=~"$tenant"}}) == 1)'
    return number(
        "Records exposed",
        "Records read in the open pages.",
        "short",
        f"sum({shown % 'records'} and {paging}) or vector(0)",
        *_OK_BAD,
    )


def _subjects_exposed() -> Panel:
    shown = f"max by (incident_id) (sellerwatch_incident_%s{{{JOB}}})"
    paging = f'on (incident_id) (max by (incident_id) (sellerwatch_incident_page{{{JOB}, tenant=~"$tenant"}}) == 1)'
    return number(
        "Subjects exposed",
        "Distinct buyers, orders or suppliers read in the open pages; one read in two incidents counts twice.",
        "short",
        f"sum({shown % 'subjects'} and {paging}) or vector(0)",
        *_OK_BAD,
    )


def _time_to_tell_the_marketplace() -> Panel:
    return number(
        "Time to notify the marketplace",
        "Time until the first 24-hour deadline of an open incident with personal data.",
        "s",
        f"min(sellerwatch_notification_deadline_timestamp_seconds{{{JOB}}}) - time()",
        (None, "red"),
        (21600, "orange"),
        (64800, "green"),
    )


def _not_shown() -> Panel:
    return number(
        "Not shown",
        "Open incidents beyond worker.top_incidents; the incidents page lists them.",
        "short",
        f"max(sellerwatch_hidden_incidents{{{JOB}}})",
        *_OK_BAD,
    )


def _incidents() -> Panel:
    columns = ("severity", "who", "owner", "principal", "data_classes", "Value #B", "reason")
    order = {
        "excludeByName": {f"{n} {i}": True for n in ("Time", "incident_id") for i in (1, 2)},
        "renameByName": {"Value #A": "page", "Value #B": "records"},
        "indexByName": {name: place for place, name in enumerate(columns)},
    }
    info = f"{_INFO} * on (incident_id) group_left (tenant, principal, kind) {_PAGES}"
    records = f"max by (incident_id) (sellerwatch_incident_records{{{JOB}}})"
    return rows(
        "Open incidents",
        "Who, what, how much, why. The id links to the incident, the kind to its runbook.",
        query(info, instant=True, form="table"),
        query(records, instant=True, form="table"),
        transformations=(
            ("joinByField", {"byField": "incident_id", "mode": "outer"}),
            ("organize", order),
        ),
        links={
            "incident_id": ("Open the incident", "${incidents}${__data.fields.incident_id}"),
            "kind": ("Open the runbook", "${runbooks}${__data.fields.kind}"),
            "principal": (
                "Drill down",
                "/d/sellerwatch-principal?var-tenant=${__data.fields.tenant}&var-principal=${__data.fields.principal}",
            ),
        },
    )


def _counts() -> tuple[Panel, ...]:
    return (
        lines(
            "Open incidents by severity",
            "Pages and tickets together.",
            "short",
            query(
                f"sum by (severity) (max by (severity, page) (sellerwatch_open_incidents{{{JOB}}}))",
                "{{severity}}",
            ),
        ),
        lines(
            "Open incidents by data class",
            "An incident that exposes two classes counts in both.",
            "short",
            query(
                f'max by (data_class) (sellerwatch_open_incidents_by_data_class{{{JOB}, data_class=~"$data_class"}})',
                "{{data_class}}",
            ),
        ),
    )


def _reads() -> tuple[Panel, ...]:
    return (
        _records_read_by_data_class(),
        _records_read_by_kind_of_integration(),
        _who_reads_what(),
        _distinct_subjects_today(),
        _where_it_goes_by_country(),
        _where_it_goes_by_network(),
        _unclassified(),
    )


def _records_read_by_data_class() -> Panel:
    return lines(
        "Records read by data class",
        "Each record under the most sensitive class of its event.",
        "ops",
        query(f"sum by (data_class) (rate({_READ}[$__rate_interval]))", "{{data_class}}"),
    )


def _records_read_by_kind_of_integration() -> Panel:
    return lines(
        "Records read by kind of integration",
        "The kind declared in principals.yaml, else the kind of principal.",
        "ops",
        query(
            f"sum by (integration_kind) (rate({_READ}[$__rate_interval]))",
            "{{integration_kind}}",
        ),
    )


def _who_reads_what() -> Panel:
    return rows(
        "Who reads what",
        "Records read in the selected time range, by kind of integration and data class.",
        query(
            f"sort_desc(sum by (integration_kind, data_class, tenant) (increase({_READ}[$__range])))",
            instant=True,
            form="table",
        ),
        transformations=(
            (
                "organize",
                {"excludeByName": {"Time": True}, "renameByName": {"Value": "records"}},
            ),
        ),
        width=12,
    )


def _distinct_subjects_today() -> Panel:
    return bars(
        "Distinct subjects today",
        "Distinct buyers, orders or suppliers read in the newest UTC day of event time; summed over workers, so an upper bound.",
        "short",
        f'sum by (data_class, integration_kind) (sellerwatch_distinct_subjects{{{JOB}, data_class=~"$data_class"}})',
        "{{data_class}} by {{integration_kind}}",
        width=12,
    )


def _where_it_goes_by_country() -> Panel:
    return bars(
        "Where it goes, by country",
        "Sensitive records in the selected time range, by the country of the caller's address.",
        "short",
        f"topk(12, sum by (country) (increase(sellerwatch_records_by_country_total{{{JOB}}}[$__range])))",
        "{{country}}",
        width=12,
    )


def _where_it_goes_by_network() -> Panel:
    return bars(
        "Where it goes, by network",
        "Sensitive records in the selected time range, by the caller's network.",
        "short",
        f"topk(12, sum by (network) (increase(sellerwatch_records_by_network_total{{{JOB}}}[$__range])))",
        "{{network}}",
        width=12,
    )


def _unclassified() -> Panel:
    return bars(
        "Unclassified reads",
        "Reads of data that nobody has classified, in the selected time range, by service. 'sellerwatch catalogue unclassified' lists what was read.",
        "short",
        f'topk(12, sum by (service) (increase(sellerwatch_unclassified_reads_total{{{JOB}, tenant=~"$tenant"}}[$__range])))',
        "{{service}}",
        width=12,
    )
