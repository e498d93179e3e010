"""Hooks httpx, which python-amazon-sp-api calls through, also the asynchronous one."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any, cast

import httpx

from models.errors import SettingsError
from streams.capture.call_capture import CallCapture
from streams.capture.captured_call import CapturedCall


def install(capture: CallCapture) -> Callable[[], None]:
    """Set hooks into both transports; return what takes the hooks away.

    Raises
    ------
    SettingsError
        If they are hooked already.
    """
    sync, asynchronous = httpx.HTTPTransport, httpx.AsyncHTTPTransport
    before, before_async = sync.handle_request, asynchronous.handle_async_request
    if hasattr(before, "captured_by"):
        message = "capture: a capture has started already: stop it first"
        raise SettingsError(message)

    @wraps(before)
    def handle(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        call = _begin(capture, request)
        if call is None:
            return before(transport, request)
        try:
            response = before(transport, request)
        except BaseException as error:
            call.finish(type(error).__name__)
            raise
        with capture.harmless():
            call.answered(response.status_code, response.headers)
            response.stream = _Stream(cast(httpx.SyncByteStream, response.stream), call)
        return response

    @wraps(before_async)
    async def handle_async(
        transport: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> httpx.Response:
        call = _begin(capture, request)
        if call is None:
            return await before_async(transport, request)
        try:
            response = await before_async(transport, request)
        except BaseException as error:
            call.finish(type(error).__name__)
            raise
        with capture.harmless():
            call.answered(response.status_code, response.headers)
            response.stream = _AsyncStream(cast(httpx.AsyncByteStream, response.stream), call)
        return response

    handle.captured_by = capture  # type: ignore[attr-defined]
    _put(sync, "handle_request", handle)
    _put(asynchronous, "handle_async_request", handle_async)

    def undo() -> None:
        _put(sync, "handle_request", before)
        _put(asynchronous, "handle_async_request", before_async)

    return undo


def _put(owner: type, name: str, function: Any) -> None:  # noqa: ANN401 - a method of any form
    setattr(owner, name, function)


def _begin(capture: CallCapture, request: httpx.Request) -> CapturedCall | None:
    with capture.harmless():
        target = request.url.raw_path.decode("ascii", "replace")
        agent = request.headers.get("user-agent")
        return capture.begin(request.method, request.url.host, target, agent, _body(request))
    return None


def _body(request: httpx.Request) -> bytes | None:
    try:
        return request.content
    except httpx.RequestNotRead:
        return None


class _Stream(httpx.SyncByteStream):
    """Counts what passes; the line is written when the answer is closed or forgotten."""

    def __init__(self, stream: httpx.SyncByteStream, call: CapturedCall) -> None:
        self._stream, self._call = stream, call

    def __iter__(self) -> Iterator[bytes]:
        try:
            for part in self._stream:
                self._call.count(len(part))
                yield part
        except Exception as error:
            self._call.finish(type(error).__name__)
            raise

    def close(self) -> None:
        self._stream.close()
        self._call.finish()

    def __del__(self) -> None:
        self._call.finish()


class _AsyncStream(httpx.AsyncByteStream):
    """As `_Stream`, for asynchronous answers."""

    def __init__(self, stream: httpx.AsyncByteStream, call: CapturedCall) -> None:
        self._stream, self._call = stream, call

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._stream:
                self._call.count(len(part))
                yield part
        except BaseException as error:
            if not isinstance(error, GeneratorExit):
                self._call.finish(type(error).__name__)
            raise

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._call.finish()

    def __del__(self) -> None:
        self._call.finish()
