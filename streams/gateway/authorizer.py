"""Decides whether a call may pass to the marketplace."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from models.catalogue.catalogue import Catalogue
from models.catalogue.request_path import clean_segments
from models.domain.data_class import DataClass
from models.domain.operation import Operation
from streams.gateway.gateway_key import NO_KEY, UNKNOWN_KEY, GatewayKey, digest_of
from streams.sources.formats.request_parts import query_of

# The answer of this operation is a credential of the marketplace.
_HANDS_OUT_CREDENTIALS: Final = frozenset({"createRestrictedDataToken"})
_LONGEST_KEY: Final = 4_096


class Decision(NamedTuple):
    """What the gateway does with a call.

    Parameters
    ----------
    status
        200 lets it pass; 401 knows no such key, 403 forbids the call.
    application_id, credential_id
        Who calls, as the key says and nothing else.
    refusal
        Why it is refused, in a few words; empty where it is not.
    """

    status: int
    application_id: str
    credential_id: str = ""
    refusal: str = ""


class Authorizer:
    """Knows each third party by its key, and what that key may read.

    Parameters
    ----------
    catalogue
        What each call exposes.

    Examples
    --------
    >>> from streams.catalogue.catalogue_files import load_catalogue
    >>> authorizer = Authorizer(load_catalogue())
    >>> secret, key = GatewayKey.make("payments.example", (DataClass.FINANCIAL,), None)
    >>> ask = lambda target: authorizer.decide("GET", target, [secret], [key], 0.0)
    >>> ask("/finances/v0/financialEvents").status
    200
    >>> ask("/orders/v0/orders")[0::3]
    (403, 'the key may not read customer data')
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def decide(
        self,
        method: str,
        target: str,
        presented: list[str],
        keys: Iterable[GatewayKey],
        now_seconds: float,
    ) -> Decision:
        """Decide on one call.

        Parameters
        ----------
        method, target
            The request's method, and its path with its query.
        presented
            Every key that the caller has sent: more than one is none.
        keys
            The keys that there are.
        now_seconds
            The time, in seconds since 1970.
        """
        if not any(presented):
            return Decision(401, NO_KEY, refusal="no key")
        key = _find(presented, keys)
        if key is None:
            return Decision(401, UNKNOWN_KEY, refusal="unknown key")
        refusal = "the key has expired" if key.has_expired(now_seconds) else ""
        status = 401 if refusal else 200
        if not refusal:
            refusal = self._refusal(method, target, key)
            status = 403 if refusal else 200
        return Decision(status, key.application_id, key.credential_id, refusal)

    def _refusal(self, method: str, target: str, key: GatewayKey) -> str:
        """Say why a key may not make this call; empty if it may."""
        if method not in key.methods:
            return f"the key may not {method if method.isalpha() else 'do this'}"[:40]
        # Two readers must not disagree on what is called.
        if clean_segments(target) is None:
            return "the path is not in its plain spelling"
        path = target.partition("?")[0]
        operation = self._catalogue.seller_api(method, path, query_of(None, target))
        if operation is None:
            return "no operation of the API is known by this path"
        if operation.name in _HANDS_OUT_CREDENTIALS:
            return "the answer would be a credential of the marketplace"
        wanted = [name for name in _exposed(operation) if name not in key.data_classes]
        return f"the key may not read {wanted[0]} data" if wanted else ""


def _exposed(operation: Operation) -> list[DataClass]:
    """Return the sensitive classes of a call; one whose classes nobody knows is unclassified."""
    classes = operation.data_classes or (DataClass.UNCLASSIFIED,)
    return [name for name in classes if name.is_sensitive]


def _find(presented: list[str], keys: Iterable[GatewayKey]) -> GatewayKey | None:
    """Return the key that was presented; each one is compared with, whichever it is."""
    if len(presented) != 1 or len(presented[0]) > _LONGEST_KEY:
        return None
    digest = digest_of(presented[0])
    found = [key for key in keys if key.is_of(digest)]
    return found[0] if found else None
