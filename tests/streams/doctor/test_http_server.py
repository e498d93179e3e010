import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from models.errors import ServiceError
from streams.doctor.http_server import HttpServer


@contextmanager
def serving(body: bytes, status: int = 200) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_answer_is_read_and_its_clock_noted() -> None:
    with serving(b'{"a": [1]}') as url:
        server = HttpServer("Prometheus", url)
        assert server.json("/x", {"state": "a b"}) == {"a": [1]}
        assert server.said_seconds is not None
        server.post("/x", [])


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"<html>", 200, "its answer is no JSON"),
        (b"[" * 200_000, 200, "its answer is no JSON"),
        (b"{}", 503, "it answers 503: check the address"),
        (b" " * ((16 << 20) + 1), 200, "is larger than"),
    ],
)
def test_what_is_no_answer_is_one_line(body: bytes, status: int, told: str) -> None:
    with serving(body, status) as url, pytest.raises(ServiceError, match=told) as caught:
        HttpServer("Prometheus", url).json("/x")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a", "http://", "127.0.0.1:9090"])
def test_only_addresses_of_http_servers_are_taken(url: str) -> None:
    with pytest.raises(ServiceError, match="name http://HOST:PORT"):
        HttpServer("Prometheus", url)


def test_nobody_there_is_one_line_without_the_password() -> None:
    with pytest.raises(ServiceError, match=r"Prometheus at http://127\.0\.0\.1:1: ") as caught:
        HttpServer("Prometheus", "http://jane:secret@127.0.0.1:1").json("/x")
    assert "secret" not in str(caught.value)
