"""Signs the records of the checkpoint topic, and refuses those that nobody with the key wrote."""

import struct
from collections.abc import Sequence
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest
from typing import Final

from models.errors import CheckpointError
from streams.settings.secrets import checkpoint_keys
from streams.settings.settings import Settings

_MARK: Final = b"SWS1"
_ID_BYTES: Final = 8
_MAC_BYTES: Final = 32
_HEAD_BYTES: Final = len(_MARK) + _ID_BYTES + _MAC_BYTES
_LENGTH: Final = struct.Struct(">I")
# What a key is used for; blake2b keeps the uses apart.
_KEY_USE: Final = b"sw-checkpt-key"
_ID_USE: Final = b"sw-checkpt-id"
_RECORD_USE: Final = b"sw-checkpt-rec"
_NOTE_USE: Final = b"sw-checkpt-note"


class Refusal(StrEnum):
    """Why a checkpoint, or a record of one, is not believed.

    Examples
    --------
    >>> str(Refusal.UNKNOWN_KEY)
    'unknown_key'
    """

    UNSIGNED = "unsigned"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    STALE = "stale"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"


class Seal:
    """Puts a MAC around each record, with keyed BLAKE2b.

    The MAC covers the group of workers and the record's key, hence partition, slot and part, and
    the whole value: no record can be moved to another place, or to another deployment.

    Parameters
    ----------
    group
        The group of workers, in which names of partitions are unique.
    secrets
        The keys: the first one signs, all verify. Without any, records are written and read
        without a MAC.
    accepts_unsigned
        Whether records without a MAC are read although there is a key.

    Examples
    --------
    >>> seal = Seal("sellerwatch", [b"k" * 32])
    >>> seal.open(b"place", seal.wrap(b"place", b"state"))
    b'state'
    >>> seal.open(b"another place", seal.wrap(b"place", b"state"))
    Traceback (most recent call last):
    ...
    models.errors.CheckpointError: a record's MAC is wrong
    """

    def __init__(
        self, group: str, secrets: Sequence[bytes] = (), *, accepts_unsigned: bool = False
    ) -> None:
        self._group = group.encode()
        self._accepts_unsigned = accepts_unsigned or not secrets
        derived = [blake2b(secret, person=_KEY_USE).digest() for secret in secrets]
        self._keys = {_id_of(key): key for key in derived}
        self._current = _id_of(derived[0]) if derived else None

    @classmethod
    def from_settings(cls, settings: Settings) -> "Seal":
        """Make the seal of a group of workers.

        Raises
        ------
        SettingsError
            If a key cannot be read.
        """
        secrets, checkpoints = checkpoint_keys(settings.checkpoints), settings.checkpoints
        return cls(settings.worker.group, secrets, accepts_unsigned=checkpoints.accept_unsigned)

    @property
    def has_key(self) -> bool:
        """Whether records are signed."""
        return self._current is not None

    def wrap(self, key: bytes, value: bytes) -> bytes:
        """Return the value of a record as it is written."""
        if self._current is None:
            return value
        mac = self._mac(self._current, _RECORD_USE, key, value)
        return _MARK + self._current + mac + value

    def open(self, key: bytes, value: bytes) -> bytes:
        """Return the value that was wrapped.

        Raises
        ------
        CheckpointError
            If it is not signed with a key of ours, for this place.
        """
        if not value.startswith(_MARK):
            if self._accepts_unsigned:
                return value
            message = "a record is not signed"
            raise CheckpointError(message, Refusal.UNSIGNED)
        key_id = value[len(_MARK) : len(_MARK) + _ID_BYTES]
        if key_id not in self._keys:
            message = f"a record is signed with the unknown key {key_id.hex()}"
            raise CheckpointError(message, Refusal.UNKNOWN_KEY)
        mac, content = value[len(_MARK) + _ID_BYTES : _HEAD_BYTES], value[_HEAD_BYTES:]
        if not compare_digest(mac, self._mac(key_id, _RECORD_USE, key, content)):
            message = "a record's MAC is wrong"
            raise CheckpointError(message, Refusal.FORGED)
        return content

    def is_current(self, value: bytes) -> bool:
        """Whether a record is written as we write them now, with the first key or without one."""
        if self._current is None:
            return not value.startswith(_MARK)
        return value.startswith(_MARK + self._current)

    def is_foreign(self, value: bytes) -> bool:
        """Whether a record is signed with a key that we do not have.

        Examples
        --------
        >>> theirs = Seal("sellerwatch", [b"k" * 32]).wrap(b"place", b"state")
        >>> Seal("sellerwatch").is_foreign(theirs), Seal("sellerwatch").is_foreign(b"state")
        (True, False)
        """
        key_id = value[len(_MARK) : len(_MARK) + _ID_BYTES]
        return value.startswith(_MARK) and key_id not in self._keys

    def sign_note(self, partition: int, text: str) -> str:
        """Return a short text with a MAC; empty without a key."""
        if self._current is None:
            return ""
        mac = self._mac(self._current, _NOTE_USE, str(partition).encode(), text.encode())
        return f"{text} {self._current.hex()} {mac.hex()}"

    def read_note(self, partition: int, note: str) -> str | None:
        """Return the text that was signed, or None if it was not."""
        text, _, rest = note.partition(" ")
        try:
            key_id, mac = (bytes.fromhex(part) for part in rest.split(" "))
        except ValueError:
            return None
        if key_id not in self._keys:
            return None
        expected = self._mac(key_id, _NOTE_USE, str(partition).encode(), text.encode())
        return text if compare_digest(mac, expected) else None

    def _mac(self, key_id: bytes, use: bytes, place: bytes, content: bytes) -> bytes:
        mac = blake2b(key=self._keys[key_id], digest_size=_MAC_BYTES, person=use)
        for part in (self._group, place):
            mac.update(_LENGTH.pack(len(part)) + part)
        mac.update(content)
        return mac.digest()


def _id_of(key: bytes) -> bytes:
    return blake2b(key, digest_size=_ID_BYTES, person=_ID_USE).digest()
