"""What a reason says of hours and days: numbers first, and a sentence made of them."""

from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.incidents.incident import Incident, Reason


def told(window: str, incident: Incident) -> list[Reason]:
    return [reason for reason in incident.reasons if reason.window == window]


def assert_is_a_range(reason: Reason) -> None:
    assert isinstance(reason.expected, float)
    assert reason.low is not None
    assert reason.high is not None
    assert 0 < reason.low <= reason.expected <= reason.high < float(reason.observed)
    assert reason.text.endswith(
        f"usual: {reason.expected:,.0f} ({reason.low:,.0f} to {reason.high:,.0f})."
    )


def test_an_hour_is_told_beside_the_usual_hours() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(10))
    burst = [event(10 * DAY + 60 * call, 600) for call in range(40)]
    (incident,) = pages(detector.process_batch(burst)).values()
    hours = [reason for reason in told("hour", incident) if reason.expected is not None]
    assert hours
    for reason in hours:
        assert_is_a_range(reason)


def test_slow_growth_is_told_beside_the_days_before() -> None:
    detector = Detector(DetectorSettings(), {})

    def growth(name: str, day: float) -> float:
        return 1.1 ** max(0.0, day - 14) if name == "app-3" else 1.0

    found = detector.process_batch(fleet(28.5, growth=growth))
    slow = [r for i in found if i.principal == "app-3" for r in (*told("3d", i), *told("7d", i))]
    assert slow
    for reason in slow:
        # About 500 records a day.
        assert isinstance(reason.expected, float)
        assert 400 < reason.expected < 1_500
        assert reason.observed > reason.expected
        # A day that paged is left out.
        assert 2 <= reason.days_above <= int(reason.window[0])
        assert "above its usual " in reason.text
        assert reason.text.endswith(f"usual: {reason.usual.text()}.")


def test_a_volume_inside_its_usual_range_is_no_reason() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(10))
    moved = [event(10 * DAY + 60 * call, 2, source_ip="203.0.113.9") for call in range(30)]
    for incident in detector.process_batch(moved):
        volumes = [reason for reason in incident.reasons if not isinstance(reason.observed, str)]
        assert all(reason.is_beyond_usual for reason in volumes)


def test_a_newcomers_volume_has_nothing_usual() -> None:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(10))
    burst = [event(10 * DAY + 60 * call, 600, "app-new") for call in range(40)]
    *_, last = detector.process_batch(burst)
    (reason,) = (r for r in last.reasons if r.feature == "customer_records")
    assert (reason.expected, reason.low, reason.high) == (None, None, None)
    assert reason.text.endswith("usual: none.")
