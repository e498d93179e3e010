"""The file of the third parties' keys, read again whenever it changes."""

import logging
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from models.errors import SettingsError
from streams.gateway.gateway_key import GatewayKey
from streams.settings.yaml_file import describe, read_yaml

# Each is compared with at each call.
_MOST_KEYS: Final = 1_000
_log = logging.getLogger(__name__)


class KeyFile:
    """The keys that a YAML file holds: each credential's id, and what it may do.

    Whoever removes a key from the file ends it at once. A file that cannot be read leaves the
    keys as they were, and the log says so, lest a slip of the pen stop every integration.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    SettingsError
        If the file is wrong at the start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._stamp_now()
        self._keys = read_keys(path)

    def keys(self) -> tuple[GatewayKey, ...]:
        """Return the keys as the file has them now."""
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._keys = read_keys(self._path)
            except SettingsError as error:
                _log.error("%s; the keys stay as they were", error)
            else:
                _log.info("%s: %d keys", self._path, len(self._keys))
        return self._keys

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def read_keys(path: Path) -> tuple[GatewayKey, ...]:
    """Read the keys of a file.

    Raises
    ------
    SettingsError
        If the file cannot be read, or a key is wrong, has a twin, or is one too many.
    """
    entries = read_yaml(path)
    if len(entries) > _MOST_KEYS:
        message = f"{path}: {len(entries):,} keys: keep at most {_MOST_KEYS:,}"
        raise SettingsError(message)
    keys = tuple(_key(path, name, entry) for name, entry in entries.items())
    if len({key.sha256 for key in keys}) < len(keys):
        message = f"{path}: two entries have the same sha256: give each third party its own key"
        raise SettingsError(message)
    return keys


def _key(path: Path, name: str, entry: Any) -> GatewayKey:  # noqa: ANN401 - YAML
    if not isinstance(entry, dict):
        message = f"{path}: {name[:80]}: expected application_id, sha256 and data_classes"
        raise SettingsError(message)
    try:
        return GatewayKey(**(entry | {"credential_id": name}))
    except (ValidationError, TypeError) as error:
        where = f"{path}: {name[:80]}"
        if isinstance(error, ValidationError):
            raise SettingsError(describe(error, where)) from error
        message = f"{where}: the names of settings are text: correct the file"
        raise SettingsError(message) from error
