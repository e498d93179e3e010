"""Asks the HTTP servers beside sellerwatch, within limits of time and size."""

import http.client
import json
import urllib.request
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

from models.errors import ServiceError
from streams.presentation.untrusted_text import sanitize

_TIMEOUT_SECONDS: Final = 10.0
_LIMIT_BYTES: Final = 16 << 20


class HttpServer:
    """One server, such as Prometheus.

    Parameters
    ----------
    name
        What errors call it.
    url
        Its base address, http or https.

    Raises
    ------
    ServiceError
        If it is no such address.

    Examples
    --------
    >>> str(HttpServer("Prometheus", "http://jane:pw@127.0.0.1:9090/p/"))
    'Prometheus at http://127.0.0.1:9090'
    """

    def __init__(self, name: str, url: str) -> None:
        self._url = url.rstrip("/")
        parts = urlsplit(self._url)
        # Whatever stands before the @ may be a password.
        self._told = f"{name} at {parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        if parts.scheme not in ("http", "https") or not parts.netloc:
            message = f"{sanitize(self._told, 100)}: no address of a server: name http://HOST:PORT"
            raise ServiceError(message)
        self.said_seconds: float | None = None

    def __str__(self) -> str:
        return self._told

    def text(self, path: str) -> str:
        """Return the body of an answer.

        Raises
        ------
        ServiceError
            Here and in the other methods, if the server does not answer or refuses.
        """
        return self._ask(path, None).decode("utf-8", "replace")

    def json(self, path: str, parameters: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401
        """Return an answer in JSON."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self._decoded(self.text(path + query))

    def post(self, path: str, value: object) -> None:
        """Send JSON."""
        self._ask(path, json.dumps(value).encode())

    def _ask(self, path: str, body: bytes | None) -> bytes:
        headers = {} if body is None else {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                self._note_clock(answer.headers.get("Date"))
                found: bytes = answer.read(_LIMIT_BYTES + 1)
        except HTTPError as error:
            error.close()
            message = f"{self}: it answers {error.code}: check the address"
            raise ServiceError(message) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            detail = " ".join(str(getattr(error, "reason", error)).split())[:200]
            message = (
                f"{self}: {detail or type(error).__name__}: check the address, and that it runs"
            )
            raise ServiceError(message) from error
        if len(found) > _LIMIT_BYTES:
            message = f"{self}: its answer is larger than {_LIMIT_BYTES} bytes: check the address"
            raise ServiceError(message)
        return found

    def _note_clock(self, date: str | None) -> None:
        try:
            self.said_seconds = parsedate_to_datetime(date).timestamp() if date else None
        except ValueError:
            self.said_seconds = None

    def _decoded(self, text: str) -> Any:  # noqa: ANN401
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            message = f"{self}: its answer is no JSON: check the address"
            raise ServiceError(message) from error
