"""The sentence of each reason, written from its values.

`name` is the principal's; every sentence starts with it and shortens a long one alike.
"""

import math
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


def canary_text(name: str, planted: str, operation: str) -> str:
    """State a read of a planted record.

    Examples
    --------
    >>> canary_text("app-1", "00000000000000ff", "getOrder")
    'app-1 read the planted record 00000000000000ff with getOrder. Nobody has a reason to.'
    """
    name = told_name(name)
    return f"{name} read the planted record {planted} with {operation}. Nobody has a reason to."


def cap_text(name: str, observed: float, data_class: str, window: str, cap: int) -> str:
    """State that more records of a class were read than its cap allows.

    Examples
    --------
    >>> cap_text("app-1", 5000.0, "payment", "day", 1000)
    'app-1 read 5,000 payment records in one day; the cap is 1,000.'
    """
    return (
        f"{told_name(name)} read {observed:,.0f} {data_class} records in one {window}; "
        f"the cap is {cap:,}."
    )


def failures_text(name: str, failed: float, calls: float, operation: str) -> str:
    """State a run of failed calls.

    Examples
    --------
    >>> failures_text("app-1", 30.0, 60.0, "getOrder")  # doctest: +ELLIPSIS
    'app-1 made 60 calls in an hour; 30 were denied or found nothing, most recently getOrder. ...'
    """
    return (
        f"{told_name(name)} made {calls:,.0f} calls in an hour; {failed:,.0f} were denied or found "
        f"nothing, most recently {operation}. It may be guessing ids."
    )


def sequence_text(name: str, observed: int, operation: str, usual: float) -> str:
    """State a walk through sequential ids.

    Examples
    --------
    >>> sequence_text("app-1", 67, "getOrder", 2.0)  # doctest: +ELLIPSIS
    'app-1 asked for 67 sequential ids in an hour, most recently with getOrder; usual: at most ...'
    """
    return (
        f"{told_name(name)} asked for {observed:,} sequential ids in an hour, most recently with "
        f"{operation}; usual: {UsualRange.at_most(round(usual)).text()}. It may be guessing ids."
    )


def delegate_text(name: str, operation: str, delegates: str) -> str:
    """State that somebody new was given access.

    Examples
    --------
    >>> delegate_text("app-1", "PutBucketPolicy", "444455556666")
    'app-1 called PutBucketPolicy, which gives access to 444455556666: never seen before.'
    """
    return (
        f"{told_name(name)} called {operation[:80]}, which gives access to {delegates}: "
        "never seen before."
    )


def old_credential_text(
    name: str, credential: str, age_days: int, limit_days: int, others: int = 0
) -> str:
    """State that a secret is old.

    Examples
    --------
    >>> old_credential_text("app-1", "key-1", 200, 180)
    'app-1 uses the credential key-1, which is 200 days old. Rotate it every 180 days.'
    >>> old_credential_text("app-1", "key-3", 200, 180, others=2)  # doctest: +ELLIPSIS
    'app-1 uses the credential key-3, which is 200 days old, and 2 other old ones. Rotate them ...'
    """
    more, what = (f", and {others} other old one", "them") if others else ("", "it")
    more += "s" if others > 1 else ""
    which = f"the credential {credential}" if credential else "a credential"
    return (
        f"{told_name(name)} uses {which}, which is {age_days:,} days old{more}. "
        f"Rotate {what} every {limit_days} days."
    )


def known_share_text(name: str, share: float, what: str, usual: float) -> str:
    """State which share of all known subjects was read.

    Examples
    --------
    >>> known_share_text("app-1", 0.56, "buyers", 0.02)
    'app-1 has read 56% of all known buyers today; usual: at most 2%.'
    """
    name = told_name(name)
    return f"{name} has read {share:.0%} of all known {what} today; usual: at most {usual:.0%}."


def secrets_text(name: str, observed: float) -> str:
    """State a run of secrets.

    Examples
    --------
    >>> secrets_text("app-1", 12.0)
    'app-1 read 12 secrets in an hour; usual: none.'
    """
    return f"{told_name(name)} read {observed:,.0f} secrets in an hour; usual: none."


def scrape_text(name: str, records: float, signs: Sequence[str], *, is_exact: bool = True) -> str:
    """State a newcomer's bulk read and the signs that make it suspicious.

    Examples
    --------
    >>> scrape_text("app-1", 12300.0, ["it reads with a script"])  # doctest: +ELLIPSIS
    'app-1 was first seen ... and read 12,300 sensitive records in an hour; it reads with ...'
    """
    further = "".join(f"; {sign}" for sign in signs)
    return (
        f"{told_name(name)} was first seen less than a day ago, is not declared, and read "
        f"{'' if is_exact else 'about '}{records:,.0f} sensitive records in an hour{further}."
    )


def storage_text(name: str, listings: int, resource: str) -> str:
    """State a search through storage.

    Examples
    --------
    >>> storage_text("app-1", 4, "exports")
    'app-1 is new, listed storage 4 times and then read from exports.'
    """
    name = told_name(name)
    return f"{name} is new, listed storage {listings} times and then read from {resource}."


def sweep_text(name: str, new: float, read: float, resource: str) -> str:
    """State the sweep of a bucket.

    Examples
    --------
    >>> sweep_text("jane", 1160.2, 1168.0, "x7f3")
    'jane read 1,160 of 1,168 objects for the first time in an hour, the last from x7f3.'
    """
    return (
        f"{told_name(name)} read {new:,.0f} of {max(new, read):,.0f} objects for the first time in "
        f"an hour, the last from {resource}."
    )


def network_text(name: str, data_class: str, address: str, declared: str) -> str:
    """State a read from an undeclared network.

    Examples
    --------
    >>> network_text("app-1", "customer", "192.0.2.7", "none")
    'app-1 read customer data from 192.0.2.7; declared: none.'
    """
    return f"{told_name(name)} read {data_class} data from {address}; declared: {declared}."


def purpose_text(name: str, kind: str, data_class: str, declared: str) -> str:
    """State a read of data that the principal is not declared to need.

    Examples
    --------
    >>> purpose_text("app-1", "payment_processor", "customer", "payment")
    'app-1 (payment processor) read customer data; declared: payment.'
    """
    name = told_name(name)
    return f"{name} ({kind.replace('_', ' ')}) read {data_class} data; declared: {declared}."


def sharing_text(name: str, credential: str, network: str) -> str:
    """State that one credential is in use in two places.

    Examples
    --------
    >>> sharing_text("app-1", "key-1", "192.0.2.0/24")  # doctest: +ELLIPSIS
    'app-1 used the credential key-1 from two networks at once: 192.0.2.0/24 and another. One ...'
    """
    return (
        f"{told_name(name)} used the credential {credential} from two networks at once: {network} "
        "and another. One of them is new."
    )


def shared_network_text(names: list[str], network: str, hours: float) -> str:
    """State that unrelated principals began to use one network.

    Examples
    --------
    >>> shared_network_text(["a", "b", "c"], "192.0.2.0/24", 2.6)  # doctest: +ELLIPSIS
    'a, b and c began to use the network 192.0.2.0/24 within 3 hours. Nobody used it before, ...'
    """
    told = [told_name(name) for name in names]
    span = "an hour" if hours <= 1.0 else f"{math.ceil(hours)} hours"
    return (
        f"{', '.join(told[:-1])} and {told[-1]} began to use the network {network} within {span}. "
        "Nobody used it before, and they share no other. One thief may hold all these keys."
    )


def history_text(name: str, days: float, usual_days: float) -> str:
    """State how far back a request reached.

    Examples
    --------
    >>> history_text("app-1", 730.2, 2.0), history_text("app-1", 90.0, 0.01)[-25:]
    ('app-1 asked for data of the last 730 days; usual: 2 days.', '; usual: less than a day.')
    """
    usual = "less than a day" if usual_days < 1.0 else f"{usual_days:,.0f} days"
    usual = "1 day" if usual == "1 days" else usual
    return f"{told_name(name)} asked for data of the last {days:,.0f} days; usual: {usual}."


def unknown_names_text(calls: int, names: int, operation: str) -> str:
    """Tell that somebody tries names.

    Examples
    --------
    >>> unknown_names_text(200, 190, "getOrder")  # doctest: +ELLIPSIS
    '200 calls under about 190 unknown names were refused within an hour, most lately getOrder; ...'
    """
    return (
        f"{calls:,} calls under about {names:,} unknown names were refused within an hour, most "
        f"lately {operation[:80]}; none of them succeeded. Somebody may be trying names."
    )


def unasked_report_text(name: str, report: str, finished: str, *, is_logged: bool) -> str:
    """State that a report came that no call in the log asked for.

    Examples
    --------
    >>> unasked_report_text("nobody", "GET_X", "2026-01-01 08:00 UTC", is_logged=True)
    'nobody has had GET_X made, finished at 2026-01-01 08:00 UTC: no call in the log asked for it.'
    """
    doubt = "" if is_logged else " The log has not shown a request of a report for a day, though."
    return (
        f"{told_name(name)} has had {report} made, finished at {finished}: no call in the log "
        f"asked for it.{doubt}"
    )


def further_raw_keys_text(name: str, data_class: str, reads: int, instead: str) -> str:
    """Tell the reads by raw secret keys of which no more is told one by one.

    Examples
    --------
    >>> further_raw_keys_text("app-1", "payment", 8, "a role")  # doctest: +ELLIPSIS
    'app-1 read payment data 8 times today with further raw secret keys: replace them by a ...'
    """
    times = "once" if reads == 1 else f"{reads:,} times"
    return (
        f"{name} read {data_class} data {times} today with further raw secret keys: replace them "
        f"by {instead}, which expires and can be withdrawn."
    )


def outgrown_text(name: str, size: int, counted: str, limit: float) -> str:
    """State that an incident is far larger than what was judged to be harmless.

    Examples
    --------
    >>> outgrown_text("app-1", 9001, "records", 9000.0)
    'app-1 has reached 9,001 records in an incident that was judged benign up to 9,000.'
    """
    return (
        f"{told_name(name)} has reached {size:,} {counted} in an incident that was judged benign "
        f"up to {limit:,.0f}."
    )


def raw_key_text(name: str, data_class: str, credential: str, instead: str) -> str:
    """State the use of a raw secret key, and what to use instead.

    Examples
    --------
    >>> raw_key_text("app-1", "payment", "key-1", "a role session")  # doctest: +ELLIPSIS
    'app-1 reads payment data with the raw secret key key-1. Replace it with a role session, ...'
    """
    return (
        f"{told_name(name)} reads {data_class} data with the raw secret key {credential}. "
        f"Replace it with {instead}, which expires and can be revoked."
    )


def raw_keys_text(name: str, data_class: str, keys: int, credential: str, instead: str) -> str:
    """State that a principal uses several raw secret keys, and what to use instead.

    Examples
    --------
    >>> raw_keys_text("app-1", "payment", 2, "key-2", "a role session")  # doctest: +ELLIPSIS
    'app-1 reads payment data with 2 raw secret keys, most recently key-2. Replace them with a ...'
    """
    return (
        f"{told_name(name)} reads {data_class} data with {keys} raw secret keys, most recently "
        f"{credential}. Replace them with {instead}, which expires and can be revoked."
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
