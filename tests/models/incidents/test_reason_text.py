"""The words of a reason: people search, compare and filter by them."""

from collections.abc import Callable

import pytest

from models.incidents import reason_text
from models.incidents.usual_range import UsualRange

USUAL = UsualRange(1_050.0, 20.0, 9_000.0)


@pytest.mark.parametrize(
    ("feature", "did"),
    [
        ("calls", "made 12,000 calls"),
        ("failures", "had 12,000 failed calls"),
        ("subjects", "read about 12,000 distinct subjects"),
        ("largest_read", "read 12,000 records in one call"),
        ("customer_records", "read 12,000 customer records"),
        ("bytes", "read 12,000 bytes"),
    ],
)
def test_a_volume_is_told_beside_what_is_usual(feature: str, did: str) -> None:
    usual = "usual: 1,050 (20 to 9,000)."
    hour = reason_text.hour_text("app-1", feature, 12_000.4, USUAL)
    assert hour == f"app-1 {did} in an hour; {usual}"
    day = reason_text.day_text("app-1", feature, 12_000.4, USUAL)
    assert day == f"app-1 {did} in a day; {usual}"
    month = reason_text.slow_text("app-1", feature, 12_000.4, 30, 21, USUAL, is_running=False)
    assert month == f"app-1 {did} a day in 30 days, above its usual on 21 of them; {usual}"


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [
        ("network", "192.0.2.0/24", "app-1 used the network 192.0.2.0/24 for the first time."),
        ("user_agent", "x" * 300, f"app-1 used the user agent {'x' * 120} for the first time."),
        ("principal", "app-1", "app-1 was first seen less than a day ago."),
        ("hour", "03:00 UTC", "app-1 read at 03:00 UTC, when it was never active before."),
        (
            "far_hour",
            "03:00 UTC",
            "app-1 read at 03:00 UTC, hours away from any time it was active before.",
        ),
        ("data_class", "payment", "app-1 read payment data for the first time."),
    ],
)
def test_what_is_new_is_told(feature: str, value: str, text: str) -> None:
    assert reason_text.first_time_text("app-1", feature, value) == text


def test_a_fleet_is_named_by_its_first_five() -> None:
    names = [f"app-{number}" for number in range(6)] + ["x" * 90]
    assert reason_text.fleet_text(names) == (
        "7 principals read far more than usual within an hour, among them app-0, app-1, app-2, "
        "app-3, app-4. This looks like a market event, not theft."
    )
    assert f"{'x' * 60}. This" in reason_text.fleet_text(names[-1:])


@pytest.mark.parametrize(
    "text",
    [
        lambda name: reason_text.hour_text(name, "calls", 9.0, USUAL),
        lambda name: reason_text.day_text(name, "calls", 9.0, USUAL),
        lambda name: reason_text.first_time_text(name, "network", "AS64500"),
        lambda name: reason_text.first_time_text(name, "principal", "app-1"),
        lambda name: reason_text.first_time_text(name, "hour", "03:00 UTC"),
        lambda name: reason_text.first_time_text(name, "far_hour", "03:00 UTC"),
        lambda name: reason_text.first_time_text(name, "data_class", "payment"),
    ],
)
def test_every_sentence_starts_with_the_name_cut_alike(text: Callable[[str], str]) -> None:
    assert text("app-1").startswith("app-1 ")
    assert text("é" * 300).startswith(f"{'é' * 120} ")
