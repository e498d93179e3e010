"""A seller API on loopback that answers in every way that a server may."""

import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ORDER = {
    "AmazonOrderId": "902-1845936-5435065",
    "PurchaseDate": "2026-01-01",
    "LastUpdateDate": "2026-01-01",
    "OrderStatus": "Shipped",
}
ANSWER = json.dumps({"payload": {"Orders": [ORDER] * 40}})
PLAIN, PACKED = ANSWER.encode(), gzip.compress(ANSWER.encode())
TOKEN = {"access_token": "Atza|secret-token", "token_type": "bearer", "expires_in": 3600}
BUYER = "jane@example.com"


class SellerApi:
    """Answers; what a path ends with says how."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._failures = 2
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.calls.append(f"{self.command} {self.path}")
                outer._answer(self)

            do_GET = do_POST = do_PUT = _do

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        kind = request.path.partition("?")[0].rsplit("/", 1)[-1]
        body, status, headers = PLAIN, 200, {"x-amzn-RequestId": "r-1"}
        if request.path.startswith("/auth/"):
            body = json.dumps(TOKEN).encode()
        elif kind == "packed":
            body, headers = PACKED, headers | {"Content-Encoding": "gzip"}
        elif kind == "flaky" and self._failures:
            self._failures -= 1
            body, status = b"{}", 503
        elif kind == "denied":
            body, status = b'{"errors": []}', 403
        elif kind == "moved":
            body, status, headers = b"", 302, headers | {"Location": "/orders/v0/orders"}
        elif kind == "broken":
            headers |= {"Content-Length": str(len(PLAIN) + 10)}
        elif kind == "slow":
            time.sleep(1.5)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        if kind == "chunked":
            request.send_header("Transfer-Encoding", "chunked")
            request.end_headers()
            for start in range(0, len(body), 1_000):
                part = body[start : start + 1_000]
                request.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            request.wfile.write(b"0\r\n\r\n")
            return
        if "Content-Length" not in headers:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = kind == "broken"

    def __enter__(self) -> "SellerApi":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
