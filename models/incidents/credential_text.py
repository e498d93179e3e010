"""The sentence of each reason that a rule finds in who calls, with which key and from where."""

import math

from models.incidents.reason_text import told_name


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
