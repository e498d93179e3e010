"""A gateway as shipped, but for addresses and paths, between a third party and a marketplace."""

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from real_parts import free_port, listens, missing, process, wait_for

from models.domain.access_event import AccessEvent
from models.domain.dead_letter import DeadLetter
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings

TOKEN = "Atza|the-marketplace-token-that-nobody-may-see"
CLIENT_SECRET, REFRESH_TOKEN = "the-client-secret", "the-refresh-token"
SELLER = "A1EXAMPLE"
# Its processes must reach the test's folder, which is the user's own.
NGINX_USER = "user root;" if os.geteuid() == 0 else ""


class Marketplace:
    """The seller API and Login with Amazon, on two ports; remembers what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[dict] = []
        self.logins: list[str] = []
        self.login_works = True
        self.answer = b'{"payload": {}}'
        api = ThreadingHTTPServer(("127.0.0.1", 0), self._api())
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        api.socket = tls.wrap_socket(api.socket, server_side=True)
        login = ThreadingHTTPServer(("127.0.0.1", 0), self._login())
        self.port, self.login_port = api.server_port, login.server_port
        self._servers = [api, login]
        self._threads = [threading.Thread(target=one.serve_forever) for one in self._servers]

    def _api(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                call = {"method": self.command, "path": self.path, "headers": headers}
                outer.calls.append(call | {"body": body})
                self.send_response(200)
                # A marketplace that says too much.
                self.send_header("x-amz-access-token", headers.get("x-amz-access-token", ""))
                self.send_header("Set-Cookie", "session=1")
                self.send_header("Content-Length", str(len(outer.answer)))
                self.end_headers()
                self.wfile.write(outer.answer)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_TRACE = do_OPTIONS = _do

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _login(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.logins.append(body)
                text = json.dumps({"access_token": TOKEN, "expires_in": 3600}).encode()
                self.send_response(200 if outer.login_works else 400)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def __enter__(self) -> "Marketplace":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()


@dataclass
class Answer:
    status: int
    headers: str
    body: bytes


@dataclass
class Gateway:
    """A running gateway, and the folder with its keys, its log and its certificate."""

    folder: Path
    port: int
    marketplace: Marketplace
    keys: dict[str, str] = field(default_factory=dict)

    def add_key(self, application: str, *options: str) -> str:
        """Make a key as a person does; return it."""
        done = run_cli("gateway", "key", application, *options)
        with (self.folder / "keys.yaml").open("a") as file:
            file.write(done.stdout)
        self.keys[application] = done.stderr.split()[-1]
        return self.keys[application]

    def call(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes = b""
    ) -> Answer:
        tls = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=20, context=tls)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True, skip_host=True)
            if not any(name.lower() == "host" for name, _ in headers):
                connection.putheader("Host", "gateway.example")
            for name, value in headers:
                connection.putheader(name, value)
            if body:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answer(answer.status, str(answer.headers), answer.read())
        finally:
            connection.close()

    def get(self, path: str, application: str, *headers: tuple[str, str]) -> Answer:
        return self.call("GET", path, [("x-amz-access-token", self.keys[application]), *headers])

    def lines(self) -> list[str]:
        return (self.folder / "logs" / "gateway.json").read_text().splitlines()

    def wait_for_lines(self, count: int) -> list[str]:
        """Return the last lines of the log, which is written after the answer."""
        wait_for("the log", lambda: len(self.lines()) >= count, 20)
        return self.lines()

    def events(self) -> list[AccessEvent]:
        """Return what sellerwatch reads from the log."""
        parser = make_parser(Settings(), "auto", b"k" * 32)
        found = []
        for number, line in enumerate(self.lines(), 1):
            for event in parser.parse(line.encode(), source="gateway", position=str(number)):
                assert not isinstance(event, DeadLetter), (event, line)
                assert isinstance(event, AccessEvent)
                found.append(event)
        return found


def run_cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streams", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)


def make_certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
        + ["-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def program_of(proxy: str) -> str:
    beside = Path(sys.executable).with_name(proxy)
    found = str(beside) if beside.is_file() else shutil.which(proxy, path=SYSTEM_PATH)
    if found is None:
        missing(proxy, "run 'make setup' for Envoy, 'make servers' for NGINX")
    return found


# Debian's programs that a person who is not root does not have on his path.
SYSTEM_PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])


def as_shipped(root: Path, folder: Path, name: str, values: dict[str, str]) -> Path:
    """Write a shipped file with other addresses and paths; each of them must be in it."""
    text = (root / "config" / "gateway" / name).read_text()
    for old, new in values.items():
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    path = folder / name
    path.write_text(text)
    return path


def nginx_file(root: Path, folder: Path, port: int, keys: int, marketplace: int) -> Path:
    return as_shipped(root, folder, "nginx.conf", {
        # First: the others write paths below /tmp.
        r"/tmp/": f"{folder}/tmp/",
        **common(folder),
        r"/etc/ssl/certs/ca-certificates.crt": f"{folder}/cert.pem",
        r"listen 8443": f"listen 127.0.0.1:{port}",
        r"gateway-keys:6080": f"127.0.0.1:{keys}",
        r"https://\$marketplace": f"https://127.0.0.1:{marketplace}",
        r"sellingpartnerapi-eu.amazon.com": "localhost",
    })  # fmt: skip


def envoy_file(root: Path, folder: Path, port: int, keys: int, marketplace: int) -> Path:
    return as_shipped(root, folder, "envoy.yaml", common(folder) | {
        r"/etc/ssl/certs/ca-certificates.crt": f"{folder}/cert.pem",
        r"0\.0\.0\.0, port_value: 8443": f"127.0.0.1, port_value: {port}",
        r"gateway-keys, port_value: 6080": f"127.0.0.1, port_value: {keys}",
        r"address: \*marketplace, port_value: 443":
            f"address: 127.0.0.1, port_value: {marketplace}",
        r"sellingpartnerapi-eu.amazon.com": "localhost",
    })  # fmt: skip


def common(folder: Path) -> dict[str, str]:
    return {
        r"/run/secrets/gateway_certificate_key": f"{folder}/key.pem",
        r"/run/secrets/gateway_certificate": f"{folder}/cert.pem",
        r"/logs/": f"{folder}/logs/",
    }


@contextmanager
def running_gateway(proxy: str, root: Path, folder: Path) -> Iterator[Gateway]:
    """Run a proxy, the check of the keys and a marketplace."""
    program = program_of(proxy)
    make_certificate(folder)
    for name in ("logs", "tmp"):
        (folder / name).mkdir()
    port, keys_port = free_port(), free_port()
    with ExitStack() as stack:
        marketplace = stack.enter_context(Marketplace(folder))
        gateway = Gateway(folder, port, marketplace)
        gateway.add_key("payments.example", "--classes", "payment,financial")
        stack.enter_context(check_of_keys(folder, keys_port, marketplace.login_port))
        if proxy == "nginx":
            path = nginx_file(root, folder, port, keys_port, marketplace.port)
            command = [
                program,
                "-c",
                str(path),
                "-g",
                f"daemon off; {NGINX_USER}",
                "-p",
                str(folder),
            ]
        else:
            path = envoy_file(root, folder, port, keys_port, marketplace.port)
            command = [program, "-c", str(path), "--concurrency", "1", "--log-level", "warn"]
            command += ["--use-dynamic-base-id", "--file-flush-interval-msec", "100"]
        stack.enter_context(process(command, folder / f"{proxy}.log"))
        wait_for(proxy, lambda: listens(port))
        yield gateway


@contextmanager
def check_of_keys(folder: Path, port: int, login_port: int) -> Iterator[None]:
    (folder / "secret").write_text(CLIENT_SECRET)
    (folder / "refresh").write_text(REFRESH_TOKEN)
    settings = folder / "sellerwatch.yaml"
    settings.write_text(
        f"gateway: {{keys_file: {folder}/keys.yaml, port: {port}, lwa_client_id: client,\n"
        f"  lwa_client_secret_file: {folder}/secret, lwa_refresh_token_file: {folder}/refresh,\n"
        f"  lwa_endpoint: 'http://127.0.0.1:{login_port}/auth/o2/token'}}\n"
    )
    command = [sys.executable, "-m", "streams", "gateway", "serve", "--config", str(settings)]
    with process(command, folder / "keys.log"):
        wait_for("the check of keys", lambda: listens(port))
        yield
