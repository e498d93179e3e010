"""Tells KMS decryptions that belong to a read from those that somebody requested."""

from typing import Final

from models.domain.access_event import AccessEvent
from models.domain.generational_map import GenerationalMap

_READERS: Final = frozenset({"s3", "dynamodb", "secretsmanager", "ssm"})
_SLOT_SECONDS: Final = 5
_REMEMBERED: Final = 200_000


class KmsEchoes:
    """Finds the read that a Decrypt echoes.

    When somebody reads an encrypted object, AWS calls KMS on the reader's behalf, and CloudTrail
    logs both. The Decrypt comes from "AWS Internal" or a service host, names the bucket in its
    encryption context, and follows within seconds. If the trail has no such read, for example
    without data events, the Decrypt is the only trace and stays an event.

    Examples
    --------
    >>> from models.domain.access_event import Outcome, PrincipalKind
    >>> call = {"time": 9.0, "tenant": "1", "principal": "p", "outcome": Outcome.SUCCESS,
    ...         "principal_kind": PrincipalKind.ROLE, "resource": "orders"}
    >>> read = AccessEvent(event_id="1", service="s3", operation="GetObject", **call)
    >>> decrypt = AccessEvent(event_id="2", service="kms", operation="Decrypt", **call)
    >>> echoes = KmsEchoes()
    >>> echoes.has_read(decrypt)
    False
    >>> echoes.note(read)
    >>> echoes.has_read(decrypt)
    True
    """

    def __init__(self) -> None:
        self._reads = GenerationalMap[int](_REMEMBERED)

    @staticmethod
    def may_echo(event: AccessEvent) -> bool:
        """Whether an event looks like an echo: a Decrypt that AWS itself requested."""
        if event.service != "kms" or event.operation != "Decrypt":
            return False
        return event.source_ip is None or event.source_ip.endswith(".amazonaws.com")

    def note(self, event: AccessEvent) -> None:
        """Remember a read that may be echoed."""
        if event.service not in _READERS:
            return
        slot = int(event.time) // _SLOT_SECONDS
        bucket = event.resource if event.service in ("s3", "dynamodb") else ""
        tenant, principal = event.tenant, event.principal
        named, unnamed = (tenant, principal, bucket, slot), (tenant, principal, None, slot)
        self._reads.update((hash(one), slot) for one in (named, unnamed))

    def has_read(self, decrypt: AccessEvent) -> bool:
        """Whether a read of the same principal and resource happened within seconds."""
        slot = int(decrypt.time) // _SLOT_SECONDS
        keys = {
            hash((decrypt.tenant, decrypt.principal, name, slot + shift))
            for name in (decrypt.resource, "")
            for shift in (-1, 0, 1)
        }
        return not self._reads.isdisjoint(keys)
