from models.domain.access_event import Outcome, PrincipalKind
from models.domain.data_class import DataClass
from models.domain.seller_notice import NOTICE_SERVICE
from streams.exposure.exposure_count import ExposureCount
from streams.exposure.period import Period

WEEK = Period.parse("2026-01-01", "2026-01-07")


def test_only_its_own_days_and_tenant_count(make_event) -> None:
    count = ExposureCount(WEEK, "A1")
    count.add(make_event())
    count.add(make_event(tenant="B2"))
    count.add(make_event(time=WEEK.end_seconds))
    count.add(make_event(time=WEEK.begin_seconds - 1))
    count.add(make_event(time=float("nan")))
    assert count.events == 1
    assert [(one.tenant, one.principal, one.calls) for one in count.readers()] == [
        ("A1", "app-1", 1)
    ]


def test_what_the_marketplace_announces_is_nobodys_read(make_event) -> None:
    count = ExposureCount(WEEK, "A1")
    count.add(make_event(service=NOTICE_SERVICE, principal_kind=PrincipalKind.SERVICE))
    assert (count.events, list(count.readers())) == (0, [])


def test_who_read_most_sensitive_records_comes_first(make_event) -> None:
    count = ExposureCount(WEEK)
    for _ in range(9):
        count.add(make_event(principal="app-2", data_classes=(DataClass.CATALOG,), records=900))
    count.add(make_event(principal="app-3", records=None))
    count.add(make_event())
    assert [one.principal for one in count.readers()] == ["app-1", "app-3", "app-2"]


def test_names_without_end_take_no_room(make_event) -> None:
    count = ExposureCount(WEEK, most_readers=3)
    for number in range(100):
        count.add(make_event(principal=f"app-{number}", tenant=f"T{number}"))
    readers = count.readers()
    assert len(readers) == 4
    assert sum(one.calls for one in readers) == 100
    assert readers[0].principal == ""


def test_a_failed_call_reads_nothing(make_event) -> None:
    count = ExposureCount(WEEK)
    for outcome in Outcome:
        count.add(make_event(outcome=outcome))
    reader = count.readers()[0]
    assert (reader.calls, reader.refused_calls, reader.sensitive_records) == (1, 3, 50)
