"""Hooks urllib3, which requests and Amazon's own SDK call through."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, finalize

from urllib3.connectionpool import HTTPConnectionPool
from urllib3.response import BaseHTTPResponse, HTTPResponse
from urllib3.util.retry import Retry

from models.errors import SettingsError
from streams.capture.call_capture import CallCapture
from streams.capture.captured_call import NO_ANSWER, CapturedCall

# Read a part of an answer as it came, before it is unpacked. Without them, sizes are unknown.
_PARTS: Final = ("_raw_read", "_handle_chunk")
_Attempt = list[CapturedCall | None]


def install(capture: CallCapture) -> Callable[[], None]:
    """Set hooks into the pools and their answers; return what takes the hooks away.

    Raises
    ------
    SettingsError
        If they are hooked already.
    """
    if hasattr(HTTPConnectionPool.urlopen, "captured_by"):
        message = "capture: a capture has started already: stop it first"
        raise SettingsError(message)
    hook = _Urllib3Hook(capture)
    changed: dict[tuple[type, str], Any] = {}
    for owner, name, make in (
        (HTTPConnectionPool, "urlopen", hook.urlopen),
        (HTTPResponse, "release_conn", hook.at_end),
        (HTTPResponse, "close", hook.at_end),
        *((HTTPResponse, name, hook.part) for name in _PARTS),
    ):
        before = getattr(owner, name, None)
        if before is not None:
            changed[owner, name] = before
            setattr(owner, name, make(before))

    def undo() -> None:
        for (owner, name), before in changed.items():
            setattr(owner, name, before)

    return undo


class _Urllib3Hook:
    """What is done before and after urllib3's own methods."""

    def __init__(self, capture: CallCapture) -> None:
        self._capture = capture
        self._open: WeakKeyDictionary[BaseHTTPResponse, _OpenAnswer] = WeakKeyDictionary()
        # The attempt that is under way: urllib3 calls itself for each further one.
        self._running: ContextVar[_Attempt | None] = ContextVar("running", default=None)

    def urlopen(self, before: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(before)
        def urlopen(  # noqa: PLR0917 - as urllib3 calls it
            pool: HTTPConnectionPool,
            method: str,
            url: str,
            body: object = None,
            headers: Mapping[str, str] | None = None,
            retries: object = None,
            *rest: object,
            **options: object,
        ) -> Any:  # noqa: ANN401 - urllib3's answer
            arguments = (pool, method, url, body, headers, retries, *rest)
            call = self._begin(pool, method, url, headers, body)
            attempt = self._running.get()
            if attempt is not None:
                self._repeated(attempt, retries, call)
                return before(*arguments, **options)
            if call is None:
                return before(*arguments, **options)
            attempt = [call]
            token = self._running.set(attempt)
            try:
                response = before(*arguments, **options)
            except BaseException as error:
                if attempt[0] is not None:
                    attempt[0].finish(type(error).__name__)
                raise
            finally:
                self._running.reset(token)
            with self._capture.harmless():
                self._answered(attempt[0], response)
            return response

        urlopen.captured_by = self._capture  # type: ignore[attr-defined]
        return urlopen

    def at_end(self, before: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(before)
        def at_end(response: HTTPResponse, *arguments: object) -> Any:  # noqa: ANN401
            try:
                return before(response, *arguments)
            finally:
                with self._capture.harmless():
                    self._ended(response)

        return at_end

    def part(self, before: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(before)
        def part(response: HTTPResponse, *arguments: object, **options: object) -> Any:  # noqa: ANN401
            answer = self._open.get(response)
            if answer is None:
                return before(response, *arguments, **options)
            # urllib3 lets go of the connection before it hands over the last part.
            answer.is_reading = True
            try:
                read = before(response, *arguments, **options)
                answer.call.count(len(read))
                return read
            finally:
                answer.is_reading = False
                if answer.has_ended:
                    self._ended(response)

        return part

    def _begin(
        self,
        pool: HTTPConnectionPool,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: object,
    ) -> CapturedCall | None:
        with self._capture.harmless():
            # Through a proxy without TLS, the pool is the proxy's.
            host = urlsplit(url).hostname if "://" in url.partition("?")[0] else pool.host
            known = {name.lower(): text for name, text in (headers or pool.headers).items()}
            agent = known.get("user-agent")
            agent = agent if isinstance(agent, str) else None
            return self._capture.begin(method, host or pool.host, url, agent, body)
        return None

    def _repeated(self, attempt: _Attempt, retries: object, call: CapturedCall | None) -> None:
        """Write the attempt before, of which only its end is known, and take the next one."""
        with self._capture.harmless():
            earlier = attempt[0]
            attempt[0] = call
            if earlier is None:
                return
            history = retries.history if isinstance(retries, Retry) else ()
            last = history[-1] if history else None
            status = last.status if last is not None and last.status else NO_ANSWER
            error = last.error if last is not None else None
            earlier.answered(status, {})
            earlier.finish(None if error is None else type(error).__name__)

    def _answered(self, call: CapturedCall | None, response: BaseHTTPResponse) -> None:
        if call is None:
            return
        call.answered(response.status, response.headers)
        if response.closed or getattr(response, "connection", None) is None:
            # It was read whole.
            call.count(response.tell())
            call.finish()
            return
        self._open[response] = _OpenAnswer(call)
        # An answer that nobody reads to its end is written when it is forgotten.
        finalize(response, call.finish)

    def _ended(self, response: BaseHTTPResponse) -> None:
        answer = self._open.get(response)
        if answer is None:
            return
        answer.has_ended = True
        if not answer.is_reading:
            del self._open[response]
            answer.call.finish()


class _OpenAnswer:
    """An answer that is being read."""

    def __init__(self, call: CapturedCall) -> None:
        self.call = call
        self.is_reading = self.has_ended = False
