from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from models.incidents.timeline import TimelineDraft
from models.tuning.incidents import TIMELINE_BUCKETS_KEPT

START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
YEAR_SECONDS = 366 * 86_400.0


def test_records_stand_under_the_gravest_class_of_their_minute() -> None:
    draft = TimelineDraft()
    draft.add(START + 5, (DataClass.CATALOG, DataClass.PAYMENT), 10)
    draft.add(START + 59, (DataClass.CATALOG,), 3)
    draft.add(START + 61, (), None)
    first, second = draft.build().buckets
    assert (first.calls, first.records) == (2, {DataClass.PAYMENT: 10, DataClass.CATALOG: 3})
    assert (second.calls, second.records) == (1, {})
    assert second.start == datetime(2026, 1, 1, 0, 1, tzinfo=UTC)


def test_a_day_is_shown_in_buckets_of_an_hour() -> None:
    draft = TimelineDraft()
    for minute in range(1440):
        draft.add(START + 60 * minute, (DataClass.CUSTOMER,), 1)
    timeline = draft.build()
    assert timeline.bucket_seconds == 3600
    assert [bucket.records[DataClass.CUSTOMER] for bucket in timeline.buckets] == [60] * 24


reads = st.tuples(
    st.floats(START, START + YEAR_SECONDS),
    st.lists(st.sampled_from(DataClass), max_size=3),
    st.none() | st.integers(0, 10**15),
)


@given(st.lists(reads, min_size=1, max_size=200))
def test_nothing_is_lost_and_the_buckets_are_few(calls: list) -> None:
    draft = TimelineDraft()
    for time, classes, records in calls:
        draft.add(time, classes, records)
    timeline = draft.build()
    assert len(timeline.buckets) <= TIMELINE_BUCKETS_KEPT
    assert sum(bucket.calls for bucket in timeline.buckets) == len(calls)
    assert timeline.records_total == sum(records or 0 for _, _, records in calls)
    starts = [bucket.start for bucket in timeline.buckets]
    assert starts == sorted(set(starts))
    assert all(start.timestamp() % timeline.bucket_seconds == 0 for start in starts)
