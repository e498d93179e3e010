"""A receiver of the doctor's own, to which a webhook of Alertmanager can lead."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from models.errors import InputError

_LIMIT_BYTES: Final = 1 << 20
_MOST_PAGES: Final = 1_000


class PageListener:
    """Notes the incident ids of the pages that arrive at an address.

    Parameters
    ----------
    address
        ``host:port``.

    Raises
    ------
    InputError
        If it is no address, or nobody can listen there.

    Examples
    --------
    >>> with PageListener("127.0.0.1:0") as listener:
    ...     listener.has_got("test-1")
    False
    """

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._arrived: dict[str, None] = {}
        try:
            self._server = ThreadingHTTPServer((host.strip("[]"), int(port)), _handler(self._note))
        except (OSError, ValueError, OverflowError) as error:
            message = f"--listen {address}: {error}: name a free address, such as 127.0.0.1:9999"
            raise InputError(message) from error
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def has_got(self, incident_id: str) -> bool:
        """Whether a page of an incident has arrived."""
        return incident_id in self._arrived

    def _note(self, body: object) -> None:
        alerts = body.get("alerts") if isinstance(body, dict) else None
        for alert in alerts if isinstance(alerts, list) else ():
            labels = alert.get("labels") if isinstance(alert, dict) else None
            name = labels.get("incident_id") if isinstance(labels, dict) else None
            if isinstance(name, str) and len(self._arrived) < _MOST_PAGES:
                self._arrived[name[:80]] = None


def _handler(note: Any) -> type[BaseHTTPRequestHandler]:  # noqa: ANN401
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:  # noqa: N802
            try:
                size = min(_LIMIT_BYTES, max(0, int(self.headers.get("Content-Length", "0"))))
                note(json.loads(self.rfile.read(size)))
                status = 200
            except (ValueError, RecursionError):
                status = 400
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the command's output is the user's."""

    return Handler
