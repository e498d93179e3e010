"""The sentence of each reason that statistics, a fleet or a plan gives, written from its values.

`name` is the principal's; every sentence starts with it and shortens a long one alike.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from models.incidents.counted import Counted
from models.incidents.usual_range import UsualRange

_NAME_CHARACTERS: Final = 120
_VALUE_CHARACTERS: Final = 120
_FLEET_NAME_CHARACTERS: Final = 60
_FLEET_NAMES_TOLD: Final = 5
_LEAST_SHARE_OF_OTHERS: Final = 0.01


def told_name(principal: str) -> str:
    """Return a principal's name as the sentences write it: a long one is cut.

    Examples
    --------
    >>> told_name("app-1"), len(told_name("a" * 2000))
    ('app-1', 120)
    """
    return principal[:_NAME_CHARACTERS]


def hour_text(
    name: str,
    feature: str,
    observed: float,
    usual: UsualRange,
    *,
    counted: Counted = Counted.RECORDS,
) -> str:
    """State the volume of an hour; in objects or estimates where no log counts records.

    Examples
    --------
    >>> hour_text("u-1", "customer_records", 825.0, UsualRange(0.0), counted=Counted.OBJECTS)
    'u-1 read 825 customer objects in an hour; usual: 0.'
    >>> hour_text("app-1", "customer_records", 5000.0, UsualRange(50.0, 20.0, 90.0))
    'app-1 read 5,000 customer records in an hour; usual: 50 (20 to 90).'
    """
    did = _did(feature, observed, counted=counted)
    return f"{told_name(name)} {did} in an hour; usual: {usual.text()}."


def day_text(
    name: str,
    feature: str,
    observed: float,
    usual: UsualRange,
    *,
    counted: Counted = Counted.RECORDS,
) -> str:
    """State the volume of a day; in objects or estimates where no log counts records.

    Examples
    --------
    >>> day_text("app-1", "calls", 5000.0, UsualRange())
    'app-1 made 5,000 calls in a day; usual: none.'
    """
    did = _did(feature, observed, counted=counted)
    return f"{told_name(name)} {did} in a day; usual: {usual.text()}."


def slow_text(  # noqa: PLR0913, PLR0917 - in the order of the sentence
    name: str,
    feature: str,
    typical: float,
    days: int,
    above: int,
    usual: UsualRange,
    *,
    is_running: bool,
    counted: Counted = Counted.RECORDS,
) -> str:
    """State how a usual day of the last ones compares with the days before them.

    Examples
    --------
    >>> slow_text("app-1", "calls", 90.0, 7, 7, UsualRange(40.0, 9.0, 99.0), is_running=True)
    'app-1 made 90 calls a day in 7 days, above its usual for 7 days running; usual: 40 (9 to 99).'
    >>> slow_text("app-1", "calls", 90.0, 7, 5, UsualRange(40.0), is_running=False)
    'app-1 made 90 calls a day in 7 days, above its usual on 5 of them; usual: 40.'
    """
    did = _did(feature, typical, counted=counted)
    often = f"for {above} days running" if is_running and above > 1 else f"on {above} of them"
    return (
        f"{told_name(name)} {did} a day in {days} days, above its usual {often}; "
        f"usual: {usual.text()}."
    )


def first_reads_text(name: str, new: float, read: float, others: float, usual: UsualRange) -> str:
    """State how much was read that the principal had never read before.

    Examples
    --------
    >>> first_reads_text("app-1", 1412.0, 1500.0, 0.0, UsualRange(3.0, 0.0, 9.0))
    'app-1 read 1,412 of 1,500 objects for the first time in a day; usual: 3 (0 to 9).'
    >>> first_reads_text("app-1", 1412.0, 1412.0, 800.4, UsualRange())  # doctest: +ELLIPSIS
    'app-1 read 1,412 of 1,412 objects ... in a day; usual: none. Others had read 800 of them.'
    """
    # Fewer may be a chance hit of the memory.
    is_told = others >= max(1.0, _LEAST_SHARE_OF_OTHERS * new)
    others_text = f" Others had read {others:,.0f} of them." if is_told else ""
    return (
        f"{told_name(name)} read {new:,.0f} of {read:,.0f} objects for the first time in a day; "
        f"usual: {usual.text()}.{others_text}"
    )


def _did(feature: str, observed: float, *, counted: Counted) -> str:
    number = f"{observed:,.0f}"
    texts = {
        "calls": f"made {number} calls",
        "failures": f"had {number} failed calls",
        "subjects": f"read about {number} distinct subjects",
        "new_subjects": f"read {number} objects for the first time",
        "largest_read": f"read {number} records in one call",
    }
    return texts.get(feature, f"read {counted.of(feature, observed)}")


def first_time_text(name: str, feature: str, value: str) -> str:
    """State that a value is new.

    Examples
    --------
    >>> first_time_text("app-1", "user_agent", "curl")
    'app-1 used the user agent curl for the first time.'
    >>> first_time_text("app-1", "hour", "03:00 UTC")
    'app-1 read at 03:00 UTC, when it was never active before.'
    """
    what, cut = feature.replace("_", " "), value[:_VALUE_CHARACTERS]
    name = told_name(name)
    texts = {
        "principal": f"{name} was first seen less than a day ago.",
        "hour": f"{name} read at {value}, when it was never active before.",
        "far_hour": f"{name} read at {value}, hours away from any time it was active before.",
        "data_class": f"{name} read {value} data for the first time."
        if value != "none"
        else f"{name} made a call that reads no seller data, for the first time.",
        "history": f"{name} asked for data of the last {value}, further back than ever before.",
    }
    return texts.get(feature, f"{name} used the {what} {cut} for the first time.")


def fleet_text(names: Sequence[str]) -> str:
    """State that many principals paged at once.

    Examples
    --------
    >>> fleet_text(["app-1", "app-2"])  # doctest: +ELLIPSIS
    '2 principals read far more than usual within an hour, among them app-1, app-2. This looks ...'
    """
    some = ", ".join(name[:_FLEET_NAME_CHARACTERS] for name in names[:_FLEET_NAMES_TOLD])
    return (
        f"{len(names)} principals read far more than usual within an hour, among them {some}. "
        "This looks like a market event, not theft."
    )


def planned_text(name: str, read: int, allowed: int, reference: str, until: datetime) -> str:
    """State how much of a planned change was read.

    Examples
    --------
    >>> until = datetime(2026, 1, 1, 18, tzinfo=UTC)
    >>> planned_text("app-1", 120, 200, "4711", until)  # doctest: +ELLIPSIS
    'app-1 read 120 of the 200 records that the planned change 4711 allows until ... 18:00 UTC.'
    """
    return (
        f"{told_name(name)} read {read:,} of the {allowed:,} records that the planned change "
        f"{reference} allows until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC."
    )


def beyond_plan_text(name: str, read: int, allowed: int, reference: str) -> str:
    """State that more was read than a planned change allows.

    Examples
    --------
    >>> beyond_plan_text("app-1", 210, 200, "4711")
    'app-1 read 210 records under the planned change 4711, which allows 200.'
    """
    return (
        f"{told_name(name)} read {read:,} records under the planned change {reference}, "
        f"which allows {allowed:,}."
    )
