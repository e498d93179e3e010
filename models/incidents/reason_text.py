"""The sentences of reasons, made of their values: every word that the detector says is here.

`name` is the principal as it is told, which may be cut.
"""

from collections.abc import Sequence
from typing import Final

from models.incidents.usual_range import UsualRange

_VALUE_CHARACTERS: Final = 120
_FLEET_NAME_CHARACTERS: Final = 60
_FLEET_NAMES_TOLD: Final = 5


def hour_text(name: str, feature: str, observed: float, usual: UsualRange) -> str:
    """Tell the volume of an hour.

    Examples
    --------
    >>> hour_text("app-1", "customer_records", 5000.0, UsualRange(50.0, 20.0, 90.0))
    'app-1 read 5,000 customer records in an hour; usual: 50 (20 to 90).'
    """
    return f"{name} {_did(feature, observed)} in an hour; usual: {usual.text()}."


def days_text(name: str, feature: str, observed: float, days: int, usual: UsualRange) -> str:
    """Tell the volume of days.

    Examples
    --------
    >>> days_text("app-1", "calls", 5000.0, 7, UsualRange())
    'app-1 made 5,000 calls in 7 days; usual: none.'
    """
    when = "a day" if days == 1 else f"{days} days"
    return f"{name} {_did(feature, observed)} in {when}; usual: {usual.text()}."


def _did(feature: str, observed: float) -> str:
    what, number = feature.replace("_", " "), f"{observed:,.0f}"
    texts = {
        "calls": f"made {number} calls",
        "failures": f"had {number} failed calls",
        "subjects": f"read about {number} distinct subjects",
        "largest_read": f"read {number} records in one call",
    }
    return texts.get(feature, f"read {number} {what}")


def first_time_text(name: str, feature: str, value: str) -> str:
    """Tell a value that is new.

    Examples
    --------
    >>> first_time_text("app-1", "user_agent", "curl")
    'app-1 used the user agent curl for the first time.'
    >>> first_time_text("app-1", "hour", "03:00 UTC")
    'app-1 read at 03:00 UTC, where it was never active before.'
    """
    what, cut = feature.replace("_", " "), value[:_VALUE_CHARACTERS]
    texts = {
        "principal": f"{name} was seen for the first time less than a day ago.",
        "hour": f"{name} read at {value}, where it was never active before.",
        "far_hour": (
            f"{name} read at {value}, hours away from any time at which it was ever active."
        ),
        "data_class": f"{name} read {value} data for the first time.",
    }
    return texts.get(feature, f"{name} used the {what} {cut} for the first time.")


def fleet_text(names: Sequence[str]) -> str:
    """Tell many principals at once.

    Examples
    --------
    >>> fleet_text(["app-1", "app-2"])  # doctest: +ELLIPSIS
    '2 principals read unusually much within an hour, among them app-1, app-2: rather an event ...'
    """
    some = ", ".join(name[:_FLEET_NAME_CHARACTERS] for name in names[:_FLEET_NAMES_TOLD])
    return (
        f"{len(names)} principals read unusually much within an hour, among them {some}: rather "
        "an event of the market than theft."
    )


def canary_text(name: str, planted: str, operation: str) -> str:
    """Tell a read of a planted record.

    Examples
    --------
    >>> canary_text("app-1", "00000000000000ff", "getOrder")
    'app-1 read the planted record 00000000000000ff by getOrder: nobody has a reason to.'
    """
    return f"{name} read the planted record {planted} by {operation}: nobody has a reason to."


def cap_text(name: str, observed: float, data_class: str, window: str, cap: int) -> str:
    """Tell more records of a class than are allowed.

    Examples
    --------
    >>> cap_text("app-1", 5000.0, "payment", "day", 1000)
    'app-1 read 5,000 payment records within one day; the cap is 1,000.'
    """
    return (
        f"{name} read {observed:,.0f} {data_class} records within one {window}; the cap is {cap:,}."
    )


def failures_text(name: str, failed: float, calls: float, operation: str) -> str:
    """Tell a run of failed calls.

    Examples
    --------
    >>> failures_text("app-1", 30.0, 60.0, "getOrder")  # doctest: +ELLIPSIS
    '30 of 60 calls of app-1 in an hour were denied or found nothing, most lately getOrder: it ...'
    """
    return (
        f"{failed:,.0f} of {calls:,.0f} calls of {name} in an hour were denied or found nothing, "
        f"most lately {operation}: it may be trying ids."
    )


def sequence_text(name: str, observed: int, operation: str, usual: float) -> str:
    """Tell a walk through ids.

    Examples
    --------
    >>> sequence_text("app-1", 67, "getOrder", 2.0)  # doctest: +ELLIPSIS
    'app-1 asked for 67 ids that follow one another in an hour, most lately by getOrder; usual: ...'
    """
    return (
        f"{name} asked for {observed:,} ids that follow one another in an hour, most lately by "
        f"{operation}; usual: at most {usual:,.0f}. It may be trying ids."
    )


def known_share_text(name: str, share: float, what: str, usual: float) -> str:
    """Tell how much of all that is known was read.

    Examples
    --------
    >>> known_share_text("app-1", 0.56, "buyers", 0.02)
    'app-1 has read 56% of all known buyers today; usual: at most 2%.'
    """
    return f"{name} has read {share:.0%} of all known {what} today; usual: at most {usual:.0%}."


def secrets_text(name: str, observed: float) -> str:
    """Tell a run of secrets.

    Examples
    --------
    >>> secrets_text("app-1", 12.0)
    'app-1 read 12 secrets in an hour; usual: none.'
    """
    return f"{name} read {observed:,.0f} secrets in an hour; usual: none."


def scrape_text(name: str, records: float, signs: Sequence[str]) -> str:
    """Tell a newcomer's bulk read, with the signs that make it suspicious.

    Examples
    --------
    >>> scrape_text("app-1", 12300.0, ["its program is a script"])  # doctest: +ELLIPSIS
    'app-1 was seen ... and read 12,300 sensitive records in an hour; its program is a script.'
    """
    further = "".join(f"; {sign}" for sign in signs)
    return (
        f"{name} was seen for the first time less than a day ago, is declared nowhere, and read "
        f"{records:,.0f} sensitive records in an hour{further}."
    )


def storage_text(name: str, listings: int, resource: str) -> str:
    """Tell a search through storage.

    Examples
    --------
    >>> storage_text("app-1", 4, "exports")
    'app-1 was not seen before, listed storage 4 times and then read from exports.'
    """
    return (
        f"{name} was not seen before, listed storage {listings} times and then read from "
        f"{resource}."
    )


def network_text(name: str, data_class: str, address: str, declared: str) -> str:
    """Tell a read from a network that was not declared.

    Examples
    --------
    >>> network_text("app-1", "customer", "192.0.2.7", "none")
    'app-1 read customer data from 192.0.2.7; declared: none.'
    """
    return f"{name} read {data_class} data from {address}; declared: {declared}."


def purpose_text(name: str, kind: str, data_class: str, declared: str) -> str:
    """Tell a read of data that was not declared.

    Examples
    --------
    >>> purpose_text("app-1", "payment_processor", "customer", "payment")
    'app-1 (payment processor) read customer data; declared: payment.'
    """
    return f"{name} ({kind.replace('_', ' ')}) read {data_class} data; declared: {declared}."


def sharing_text(name: str, credential: str, network: str) -> str:
    """Tell one credential in two places.

    Examples
    --------
    >>> sharing_text("app-1", "key-1", "192.0.2.0/24")  # doctest: +ELLIPSIS
    'The credential key-1 of app-1 is used from two networks at once, 192.0.2.0/24 and another; ...'
    """
    return (
        f"The credential {credential} of {name} is used from two networks at once, {network} and "
        "another; one of them is new."
    )


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


def raw_key_text(name: str, data_class: str, credential: str, instead: str) -> str:
    """Tell a raw secret key, and what to have instead.

    Examples
    --------
    >>> raw_key_text("app-1", "payment", "key-1", "a role")  # doctest: +ELLIPSIS
    'app-1 reads payment data with the raw secret key key-1: replace it by a role, which ...'
    """
    return (
        f"{name} reads {data_class} data with the raw secret key {credential}: replace it by "
        f"{instead}, which expires and can be withdrawn."
    )
