"""One line in a program that calls the seller API, and its access log is written."""

import importlib
import importlib.util
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any, Final

from models.errors import SettingsError
from streams.capture.call_log import CallLog
from streams.capture.captured_call import CapturedCall, time_text
from streams.capture.request_text import named_in_body, path_and_query

MARKETPLACES: Final = ("*sellingpartnerapi-*.amazon.com", "mws*.amazonservices.*")
_HOOKS: Final = {
    "urllib3": "streams.capture.urllib3_hook",
    "httpx": "streams.capture.httpx_hook",
}
_LONGEST_AGENT: Final = 512
_TELL_AGAIN: Final = 1_000
_log = logging.getLogger("sellerwatch.capture")


class CallCapture:
    """Writes a line for each call to the marketplace that httpx, requests or urllib3 makes.

    Never a body, a header or a token. Whatever goes wrong with the log is counted and told on the
    logger ``sellerwatch.capture``, and the call goes on as if nothing were.

    Parameters
    ----------
    log
        Where the lines go: `FileLog` or `KafkaLog`.
    seller_id, application_id, credential_id, grant
        Whose account is read, by whom, with which key and kind of key: what is written of it in
        the log. `acting_for` changes them for some calls.
    hosts
        Patterns of the hosts whose calls are written.
    now
        The time, in seconds since 1970.

    Examples
    --------
    >>> from streams.capture.file_log import FileLog
    >>> capture = CallCapture(FileLog("calls.ndjson"), seller_id="A1EXAMPLE",
    ...                       application_id="erp-prod")
    >>> capture.start()
    >>> capture.stop()
    >>> capture.written, capture.lost
    (0, 0)
    """

    def __init__(
        self,
        log: CallLog,
        *,
        seller_id: str,
        application_id: str,
        credential_id: str | None = None,
        grant: str | None = None,
        hosts: Sequence[str] = MARKETPLACES,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.written = self.lost = 0
        self._log, self._now = log, now
        self._hosts = tuple(host.lower() for host in hosts)
        identity = {"seller_id": seller_id, "application_id": application_id}
        identity |= {} if credential_id is None else {"credential_id": credential_id}
        identity |= {} if grant is None else {"grant": grant}
        self._identity = ContextVar("identity", default=identity)
        self._undo: list[Callable[[], None]] = []
        self._untold = 0

    def start(self) -> None:
        """Set the hooks into httpx and urllib3, which are below requests and the SDKs.

        Raises
        ------
        SettingsError
            If neither is installed, or a capture has started already.
        """
        names = [name for name in _HOOKS if importlib.util.find_spec(name) is not None]
        if not names:
            message = "capture: neither httpx nor urllib3 is installed: there is nothing to hook"
            raise SettingsError(message)
        for name in names:
            try:
                self._undo.append(importlib.import_module(_HOOKS[name]).install(self))
            except SettingsError:
                self.stop()
                raise

    def stop(self) -> None:
        """Take the hooks away and close the log."""
        while self._undo:
            self._undo.pop()()
        with self.harmless():
            if lost := self._log.close():
                self.written -= lost
                self._lose(lost, None)

    @contextmanager
    def acting_for(self, **identity: str) -> Iterator[None]:
        """Write other ids for the calls of this block, thread or task.

        Parameters
        ----------
        identity
            Any of seller_id, application_id, credential_id, grant and user_id.
        """
        token = self._identity.set(self._identity.get() | identity)
        try:
            yield
        finally:
            self._identity.reset(token)

    def begin(
        self, method: str, host: str, target: str, agent: str | None, body: object
    ) -> CapturedCall | None:
        """Begin the line of a call; None if its host is not watched. It never raises.

        Parameters
        ----------
        method, host, target
            The request's method, host, and path with its query.
        agent
            Its user agent.
        body
            Its body if that is in memory; the type of a report is read from it.
        """
        with self.harmless():
            if any(fnmatchcase(host.lower(), pattern) for pattern in self._hosts):
                return CapturedCall(self._record(method, target, agent, body), self._write)
        return None

    @contextmanager
    def harmless(self) -> Iterator[None]:
        """Keep any error of the capture from the program that is captured."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the one place that guards the caller's business
            self._lose(1, error)

    def _record(self, method: str, target: str, agent: str | None, body: object) -> dict[str, Any]:
        path, query = path_and_query(target)
        record: dict[str, Any] = {"time": time_text(self._now()), **self._identity.get()}
        record |= {"method": method.upper(), "path": path, "query": query}
        if agent:
            record["user_agent"] = agent[:_LONGEST_AGENT]
        return record | named_in_body(method.upper(), path, body)

    def _write(self, record: dict[str, Any]) -> None:
        with self.harmless():
            if self.lost:
                # Whoever reads the log must know that it has a gap.
                record["lost_before"] = self.lost
            line = json.dumps(record, separators=(",", ":")).encode("ascii") + b"\n"
            lost = self._log.write(line)
            self.written += 1
            if lost:
                self.written -= lost
                self._lose(lost, None)

    def _lose(self, count: int, error: Exception | None) -> None:
        self.lost += count
        self._untold += count
        if self.lost == count or self._untold >= _TELL_AGAIN:
            self._untold = 0
            why = "the broker did not take them" if error is None else type(error).__name__
            detail = f": {error}" if isinstance(error, OSError) else ""
            _log.warning("%d calls are missing in the access log: %s%s", self.lost, why, detail)
