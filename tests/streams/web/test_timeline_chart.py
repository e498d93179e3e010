from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from models.incidents.timeline import Timeline, TimelineBucket, TimelineDraft
from streams.web.timeline_chart import CANVAS_HEIGHT, CANVAS_WIDTH, timeline_chart

START = datetime(2026, 1, 26, 2, 31, tzinfo=UTC)


def test_classes_are_stacked_and_the_page_is_marked(make_incident) -> None:
    bucket = TimelineBucket(
        start=START, calls=9, records={DataClass.CUSTOMER: 300, DataClass.CATALOG: 100}
    )
    chart = timeline_chart(make_incident(timeline=Timeline(buckets=(bucket,))))
    assert chart is not None
    lower, upper = chart.segments
    assert (lower.name, lower.y, lower.height) == ("customer", 50.0, 150.0)
    assert (upper.name, upper.y, upper.height) == ("catalog", 0.0, 50.0)
    assert lower.title == "26 Jan 2026 02:31 UTC: 300 customer"
    assert (chart.top, chart.middle, chart.unit) == ("400", "200", "records")
    assert chart.legend == (("customer", "300"), ("catalog", "100"))
    # Four minutes of twenty.
    assert chart.page_x == 200.0
    assert chart.ticks == ("02:31", "02:36", "02:41", "02:46", "02:51")


def test_calls_are_shown_where_no_log_counts_records(make_incident) -> None:
    bucket = TimelineBucket(start=START, calls=9, records={})
    chart = timeline_chart(make_incident(timeline=Timeline(buckets=(bucket,)), paged_at=None))
    assert chart is not None
    assert (chart.unit, chart.legend, chart.page_x) == ("calls", (("calls", "9"),), None)


def test_nothing_is_drawn_of_an_incident_without_a_time_line(make_incident) -> None:
    assert timeline_chart(make_incident(timeline=Timeline())) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reads=st.lists(
        st.tuples(
            st.floats(0, 90 * 86_400.0),
            st.lists(st.sampled_from(DataClass), max_size=2),
            st.none() | st.integers(0, 10**15),
        ),
        min_size=1,
        max_size=80,
    ),
    page_seconds=st.floats(-86_400, 90 * 86_400.0),
)
def test_everything_stays_on_the_canvas(make_incident, reads: list, page_seconds: float) -> None:
    draft = TimelineDraft()
    for seconds, classes, records in reads:
        draft.add(START.timestamp() + seconds, classes, records)
    page = START + timedelta(seconds=page_seconds)
    chart = timeline_chart(make_incident(timeline=draft.build(), paged_at=page))
    assert chart is not None
    assert chart.segments
    for part in chart.segments:
        assert 0 <= part.x <= part.x + part.width <= CANVAS_WIDTH + 0.01
        assert -0.02 <= part.y <= part.y + part.height <= CANVAS_HEIGHT + 0.02
    assert chart.page_x is None or 0 <= chart.page_x <= CANVAS_WIDTH
