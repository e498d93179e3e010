import msgspec
from prometheus_client import CollectorRegistry

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.seller_notice import (
    NOTICE_PRINCIPAL,
    NOTICE_SERVICE,
    ORDER_CHANGED,
    REPORT_FINISHED,
)
from streams.exporters.access_totals import AccessTotals

EVENT = AccessEvent(
    event_id="r-1",
    time=100.0,
    tenant="A1",
    principal="app-1",
    principal_kind=PrincipalKind.APPLICATION,
    service="orders",
    operation="getOrders",
    outcome=Outcome.SUCCESS,
    data_classes=(DataClass.CUSTOMER, DataClass.PAYMENT),
    records=50,
    subject_ids=(1, 2, 3),
    source_ip="192.0.2.10",
    country="DE",
)


def change(**fields: object) -> AccessEvent:
    return msgspec.structs.replace(EVENT, **fields)


class Totals:
    def __init__(self, kinds: dict[str, str] | None = None) -> None:
        self.registry = CollectorRegistry()
        self.totals = AccessTotals(kinds or {}, self.registry)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"sellerwatch_{name}", labels)


def test_a_record_counts_once_under_its_most_sensitive_class() -> None:
    totals = Totals()
    totals.totals.count([EVENT, EVENT])
    kind = {"integration_kind": "application", "tenant": "A1"}
    assert totals.value("records_read_total", data_class="customer", **kind) == 100
    assert totals.value("records_read_total", data_class="payment", **kind) is None


def test_the_declared_kind_of_integration_wins() -> None:
    totals = Totals({"app-1": "payment_processor"})
    totals.totals.count([EVENT])
    labels = {"data_class": "customer", "integration_kind": "payment_processor"}
    assert totals.value("records_read_total", tenant="A1", **labels) == 50
    assert totals.value("distinct_subjects", **labels) == 3


def test_distinct_subjects_start_anew_with_a_day() -> None:
    totals = Totals()
    labels = {"data_class": "customer", "integration_kind": "application"}
    totals.totals.count([EVENT, change(subject_ids=(3, 4))])
    assert totals.value("distinct_subjects", **labels) == 4
    totals.totals.count([change(time=90_000.0, subject_ids=(9,))])
    assert totals.value("distinct_subjects", **labels) == 1
    totals.totals.count([change(subject_ids=(77,))])
    assert totals.value("distinct_subjects", **labels) == 1, "a late event is of the day before"


def test_a_denied_call_reads_nothing() -> None:
    totals = Totals()
    totals.totals.count([change(outcome=Outcome.DENIED)])
    assert totals.value("events_total", outcome="denied") == 1
    assert totals.value("records_by_country_total", country="DE") is None


def test_where_data_goes_is_told_by_country_and_network() -> None:
    totals = Totals()
    totals.totals.count(
        [
            EVENT,
            change(asn=64500, country=None),
            change(source_ip="2001:db8:1:2::3"),
            change(source_ip="config.amazonaws.com"),
            change(source_ip=None),
            change(data_classes=(DataClass.CATALOG,)),
        ]
    )
    assert totals.value("records_by_country_total", country="DE") == 200
    assert totals.value("records_by_country_total", country="unknown") == 50
    for network in (
        "192.0.2.0/24",
        "AS64500",
        "2001:db8:1::/48",
        "config.amazonaws.com",
        "unknown",
    ):
        assert totals.value("records_by_network_total", network=network) == 50, network


def test_services_are_counted_by_tenant() -> None:
    totals = Totals()
    totals.totals.count([EVENT, EVENT, change(tenant="A2")])
    assert totals.value("service_events_total", tenant="A1", service="orders") == 2


def test_tenants_without_number_do_not_grow_the_scrape() -> None:
    totals = Totals()
    totals.totals.count([change(tenant=f"A{n}", source_ip=f"10.{n}.0.1") for n in range(250)])
    hidden = totals.value("hidden_series", family="records_read")
    assert hidden is not None
    assert hidden > 200


def test_reads_that_nobody_has_classified_are_counted_by_service() -> None:
    totals = Totals()
    unknown = change(data_classes=(DataClass.UNCLASSIFIED,), service="s3", records=None)
    refused = msgspec.structs.replace(unknown, outcome=Outcome.DENIED)
    totals.totals.count([EVENT, unknown, unknown, refused])
    assert totals.value("unclassified_reads_total", tenant="A1", service="s3") == 2
    assert totals.value("unclassified_reads_total", tenant="A1", service="orders") is None


def test_orders_that_are_announced_are_counted_apart_and_read_by_nobody() -> None:
    notice = change(
        principal=NOTICE_PRINCIPAL, principal_kind=PrincipalKind.SERVICE, service=NOTICE_SERVICE,
        operation=ORDER_CHANGED, data_classes=(DataClass.NONE,), records=None, subject_ids=(9,),
    )  # fmt: skip
    report = msgspec.structs.replace(notice, operation=REPORT_FINISHED, subject_ids=(8,))
    totals = Totals()
    totals.totals.count([notice, notice, msgspec.structs.replace(notice, subject_ids=(7,)), report])
    orders = {"data_class": "customer", "integration_kind": "order notices"}
    assert totals.value("distinct_subjects", **orders) == 2
    assert totals.value("service_events_total", tenant="A1", service=NOTICE_SERVICE) == 4
    assert totals.value("distinct_subjects", data_class="none", integration_kind="service") is None


def test_wrong_keys_of_the_gateway_are_counted_by_network() -> None:
    totals = Totals()
    guess = change(principal="gateway:unknown-key", outcome=Outcome.DENIED)
    no_key = change(principal="gateway:no-key", outcome=Outcome.DENIED)
    totals.totals.count([guess, guess, no_key, change(outcome=Outcome.DENIED)])
    assert totals.value("gateway_wrong_keys_total") == 2
    network = {"network": "192.0.2.0/24"}
    assert totals.value("gateway_wrong_keys_by_network_total", **network) == 2
    endless = [
        change(principal="gateway:unknown-key", outcome=Outcome.DENIED, source_ip=f"10.{n}.0.1")
        for n in range(250)
    ]
    totals.totals.count(endless)
    assert totals.value("gateway_wrong_keys_total") == 252
    assert totals.value("hidden_series", family="gateway_wrong_keys_by_network") < 120
