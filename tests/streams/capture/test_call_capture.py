"""The real SDKs and libraries call a server on loopback; the file is what sellerwatch reads."""

import asyncio
import gc
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests
import urllib3
from seller_api import ANSWER, BUYER, PACKED, PLAIN, SellerApi

from models.domain.access_event import AccessEvent
from models.errors import SettingsError
from streams.capture.call_capture import CallCapture
from streams.capture.file_log import FileLog
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings

ORDERS = "/orders/v0/orders"
KEY = "Atza|secret-token"
HEADERS = {"x-amz-access-token": KEY, "User-Agent": "OrderBridge/3.1"}


@pytest.fixture(scope="module")
def api() -> Iterator[SellerApi]:
    with SellerApi() as server:
        yield server


class Captured:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.capture = CallCapture(
            FileLog(path),
            seller_id="A1EXAMPLE",
            application_id="erp-prod",
            credential_id="key-7",
            grant="lwa",
            hosts=["127.0.0.1"],
            now=lambda: 1_767_254_400.25,
        )

    def lines(self) -> list[dict]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines() if line]

    def line(self) -> dict:
        (line,) = self.lines()
        return line


@pytest.fixture
def captured(tmp_path: Path) -> Iterator[Captured]:
    found = Captured(tmp_path / "calls.ndjson")
    found.capture.start()
    yield found
    found.capture.stop()


def with_requests(url: str) -> int:
    return requests.get(url, headers=HEADERS, timeout=5).status_code


def with_requests_stream(url: str) -> int:
    with requests.Session() as session:
        answer = session.get(url, headers=HEADERS, timeout=5, stream=True)
        assert b"".join(answer.iter_content(100)) in (PLAIN, b'{"errors": []}')
    return answer.status_code


def with_urllib3(url: str) -> int:
    with urllib3.PoolManager() as pool:
        return pool.request("GET", url, headers=HEADERS).status


def with_urllib3_stream(url: str) -> int:
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", url, headers=HEADERS, preload_content=False)
        while answer.read(100):
            pass
        answer.release_conn()
    return answer.status


def with_httpx(url: str) -> int:
    return httpx.get(url, headers=HEADERS).status_code


def with_httpx_stream(url: str) -> int:
    with httpx.stream("GET", url, headers=HEADERS) as answer:
        for _ in answer.iter_bytes(100):
            pass
    return answer.status_code


def with_async_httpx(url: str) -> int:
    async def call() -> int:
        async with httpx.AsyncClient() as client:
            return (await client.get(url, headers=HEADERS)).status_code

    return asyncio.run(call())


CLIENTS = [
    with_requests, with_requests_stream, with_urllib3, with_urllib3_stream,
    with_httpx, with_httpx_stream, with_async_httpx,
]  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("kind", "status", "size"),
    [
        ("plain", 200, len(PLAIN)),
        ("packed", 200, len(PACKED)),
        ("chunked", 200, len(PLAIN)),
        ("denied", 403, len(b'{"errors": []}')),
    ],
)
def test_a_call_is_a_line_however_it_is_made_and_answered(  # noqa: PLR0917 - cases
    captured: Captured, api: SellerApi, client, kind: str, status: int, size: int
) -> None:
    assert client(f"{api.url}{ORDERS}/{kind}?CreatedAfter=2025-12-31") == status
    line = captured.line()
    assert (line["status"], line["response_bytes"]) == (status, size)
    assert (line["path"], line["query"]) == (f"{ORDERS}/{kind}", "CreatedAfter=2025-12-31")
    assert (line["time"], line["request_id"]) == ("2026-01-01T08:00:00.250Z", "r-1")
    text = captured.path.read_text()
    assert KEY not in text
    assert "902-1845936-5435065" not in text


def test_what_is_written_is_an_event_with_all_that_a_program_can_know(
    captured: Captured, api: SellerApi
) -> None:
    with_requests(f"{api.url}{ORDERS}?CreatedAfter=2025-12-31")
    (event,) = make_parser(Settings(), "auto", b"k" * 32).parse(
        captured.path.read_bytes(), source="calls", position="1"
    )
    assert isinstance(event, AccessEvent)
    assert (event.tenant, event.principal, event.credential_id) == (
        "A1EXAMPLE",
        "erp-prod",
        "key-7",
    )
    assert (event.operation, event.data_classes[0]) == ("getOrders", "customer")
    assert (event.bytes, event.grant, event.outcome) == (len(PLAIN), "lwa", "success")
    assert event.user_agent == "OrderBridge/3.1"
    assert event.reach_seconds is not None


def test_amazons_own_sdk_is_captured(captured: Captured, api: SellerApi) -> None:
    from spapi import SPAPIClient, SPAPIConfig  # noqa: PLC0415 - it logs at its import
    from spapi.api.orders_v0.orders_v0_api import OrdersV0Api  # noqa: PLC0415

    config = SPAPIConfig(
        client_id="client", client_secret="the-secret", refresh_token="the-refresh", region="EU"
    )
    client = SPAPIClient(config, oauth_endpoint=f"{api.url}/auth/o2/token", endpoint=api.url)
    orders = OrdersV0Api(client.api_client)
    orders.get_orders(marketplace_ids=["A1PA6795UKMFR9"], created_after="2025-12-31T00:00:00Z")
    found = [line for line in captured.lines() if line["path"] == ORDERS]
    assert len(found) == 1
    assert found[0]["response_bytes"] == len(PLAIN)
    assert "MarketplaceIds=A1PA6795UKMFR9" in found[0]["query"]
    for secret in ("the-secret", "the-refresh", KEY):
        assert secret not in captured.path.read_text()


def test_python_amazon_sp_api_is_captured(
    captured: Captured, api: SellerApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sp_api.api import Orders, ReportsV2  # noqa: PLC0415 - it reads files at its import
    from sp_api.base import Marketplaces  # noqa: PLC0415

    class Login:
        def __init__(self, **_: object) -> None:
            pass

        def get_auth(self) -> "Login":
            return self

        access_token = KEY

    credentials = {"refresh_token": "the-refresh", "lwa_app_id": "a", "lwa_client_secret": "b"}
    for kind in (Orders, ReportsV2):
        client = kind(
            marketplace=Marketplaces.DE, credentials=credentials, auth_token_client_class=Login
        )
        client.endpoint = api.url
        if kind is Orders:
            client.get_orders(CreatedAfter="2025-12-31", BuyerEmail=BUYER)
        else:
            client.create_report(
                reportType="GET_FLAT_FILE_ORDERS_DATA", dataStartTime="2025-01-01T00:00:00Z"
            )
        client.close()
    orders, report = captured.lines()
    assert (orders["path"], orders["status"]) == (ORDERS, 200)
    assert report["report_type"] == "GET_FLAT_FILE_ORDERS_DATA"
    assert report["body"] == {"dataStartTime": "2025-01-01T00:00:00Z"}
    assert "python-sp-api" in orders["user_agent"]
    text = captured.path.read_text()
    assert KEY not in text
    assert "example.com" not in text


def test_each_try_is_a_line(captured: Captured, api: SellerApi) -> None:
    session = requests.Session()
    retry = urllib3.Retry(total=5, status_forcelist=[503], backoff_factor=0)
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retry))
    assert session.get(f"{api.url}{ORDERS}/flaky", headers=HEADERS, timeout=5).status_code == 200
    session.close()
    assert [line["status"] for line in captured.lines()] == [503, 503, 200]
    assert len({line["request_id"] for line in captured.lines()}) == 3


@pytest.mark.parametrize("client", [with_requests, with_urllib3])
def test_each_hop_is_a_line(captured: Captured, api: SellerApi, client) -> None:
    assert client(f"{api.url}{ORDERS}/moved") == 200
    found = [(line["path"], line["status"]) for line in captured.lines()]
    assert found == [(f"{ORDERS}/moved", 302), (ORDERS, 200)]


@pytest.mark.parametrize("client", [with_requests, with_urllib3, with_httpx, with_async_httpx])
def test_a_call_without_an_answer_raises_as_ever_and_is_a_line(captured: Captured, client) -> None:
    with pytest.raises((OSError, httpx.HTTPError, urllib3.exceptions.HTTPError)):
        client("http://127.0.0.1:9/orders/v0/orders")
    lines = captured.lines()
    assert {line["status"] for line in lines} == {599}
    assert lines[-1]["error"]
    (event,) = make_parser(Settings(), "auto", b"k" * 32).parse(
        json.dumps(lines[-1]).encode(), source="calls", position="1"
    )
    assert isinstance(event, AccessEvent)
    assert event.outcome == "error"


@pytest.mark.parametrize("client", [with_requests, with_httpx, with_async_httpx])
def test_an_answer_that_breaks_off_counts_what_came(
    captured: Captured, api: SellerApi, client
) -> None:
    with pytest.raises((requests.RequestException, httpx.HTTPError)):
        client(f"{api.url}{ORDERS}/broken")
    line = captured.line()
    assert (line["status"], line["response_bytes"]) == (200, len(PLAIN))


def test_a_task_that_is_cancelled_is_a_line(captured: Captured, api: SellerApi) -> None:
    async def call() -> None:
        async with httpx.AsyncClient() as client:
            async with asyncio.timeout(0.3):
                await client.get(f"{api.url}{ORDERS}/slow")

    with pytest.raises(TimeoutError):
        asyncio.run(call())
    line = captured.line()
    assert (line["status"], line["error"]) == (599, "CancelledError")


@pytest.mark.parametrize("kind", ["requests", "httpx"])
def test_an_answer_that_nobody_reads_is_a_line_when_it_is_forgotten(
    captured: Captured, api: SellerApi, kind: str
) -> None:
    url = f"{api.url}{ORDERS}"
    if kind == "requests":
        session = requests.Session()
        answer = session.get(url, stream=True, timeout=5)
        session.close()
    else:
        client = httpx.Client()
        answer = client.send(client.build_request("GET", url), stream=True)
        client.close()
    assert answer.status_code == 200
    del answer
    gc.collect()
    assert captured.line()["status"] == 200


def test_concurrent_calls_are_told_apart(captured: Captured, api: SellerApi) -> None:
    async def call() -> None:
        async with httpx.AsyncClient() as client:

            async def one(number: int) -> None:
                with captured.capture.acting_for(
                    seller_id=f"A{number}", credential_id=f"k{number}"
                ):
                    await client.get(f"{api.url}{ORDERS}?n={number}")

            await asyncio.gather(*map(one, range(20)))

    asyncio.run(call())
    found = {line["query"]: (line["seller_id"], line["credential_id"]) for line in captured.lines()}
    assert found == {f"n={n}": (f"A{n}", f"k{n}") for n in range(20)}


def test_threads_share_the_file(captured: Captured, api: SellerApi) -> None:
    threads = [
        threading.Thread(target=lambda: [with_requests(f"{api.url}{ORDERS}") for _ in range(10)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(captured.lines()) == captured.capture.written == 80


def test_calls_elsewhere_are_nobodys_business(captured: Captured, api: SellerApi) -> None:
    for client in CLIENTS:
        assert client(f"{api.url}{ORDERS}/plain".replace("127.0.0.1", "localhost")) == 200
    assert captured.lines() == []


def test_the_marketplaces_are_known_by_their_hosts(tmp_path: Path) -> None:
    capture = CallCapture(FileLog(tmp_path / "x"), seller_id="A1", application_id="a")
    for host, is_watched in (
        ("sellingpartnerapi-eu.amazon.com", True),
        ("sandbox.sellingpartnerapi-na.amazon.com", True),
        ("SellingPartnerAPI-fe.amazon.com", True),
        ("mws-eu.amazonservices.com", True),
        ("api.amazon.com", False),
        ("sellingpartnerapi-eu.amazon.com.evil.example", False),
    ):
        assert (capture.begin("GET", host, "/", None, None) is not None) == is_watched, host


class Nowhere:
    """A log that fails in a way that nobody has thought of."""

    def write(self, _: bytes) -> int:
        raise ZeroDivisionError

    def close(self) -> int:
        raise ZeroDivisionError


@pytest.mark.parametrize("client", CLIENTS)
def test_a_log_that_cannot_be_written_harms_no_call_and_is_told(
    tmp_path: Path, api: SellerApi, client, caplog: pytest.LogCaptureFixture
) -> None:
    for log in (FileLog(tmp_path / "no" / "folder"), FileLog(tmp_path), Nowhere()):
        capture = CallCapture(log, seller_id="A1", application_id="a", hosts=["127.0.0.1"])
        capture.start()
        with caplog.at_level(logging.WARNING):
            assert client(f"{api.url}{ORDERS}/plain") == 200
        capture.stop()
        assert capture.written == 0
        assert capture.lost >= 1
    assert "calls are missing in the access log" in caplog.text


def test_a_log_with_a_gap_says_so(captured: Captured, api: SellerApi, tmp_path: Path) -> None:
    captured.path.mkdir()
    with_requests(f"{api.url}{ORDERS}")
    with_requests(f"{api.url}{ORDERS}")
    captured.path.rmdir()
    with_requests(f"{api.url}{ORDERS}")
    assert captured.line()["lost_before"] == 2
    assert (captured.capture.written, captured.capture.lost) == (1, 2)


def test_a_second_capture_is_refused_and_the_first_goes_on(
    captured: Captured, api: SellerApi, tmp_path: Path
) -> None:
    other = CallCapture(FileLog(tmp_path / "other"), seller_id="A1", application_id="a")
    with pytest.raises(SettingsError, match="started already"):
        other.start()
    with_requests(f"{api.url}{ORDERS}")
    with_httpx(f"{api.url}{ORDERS}")
    assert len(captured.lines()) == 2


def test_after_the_stop_nothing_is_hooked(captured: Captured, api: SellerApi) -> None:
    captured.capture.stop()
    for client in CLIENTS:
        client(f"{api.url}{ORDERS}/plain")
    assert captured.lines() == []
    assert not hasattr(urllib3.HTTPConnectionPool.urlopen, "captured_by")
    assert httpx.HTTPTransport.handle_request.__module__.startswith("httpx")


def test_a_body_that_is_a_stream_is_left_alone(captured: Captured, api: SellerApi) -> None:
    url = f"{api.url}/reports/2021-06-30/reports"
    body = json.dumps({"reportType": "GET_MERCHANT_LISTINGS_DATA"}).encode()
    httpx.post(url, content=iter([body]))
    requests.post(url, data=iter([body]), timeout=5)
    requests.post(url, data=body, timeout=5)
    httpx.post(url, content=body)
    types = [line.get("report_type") for line in captured.lines()]
    assert types == [None, None, "GET_MERCHANT_LISTINGS_DATA", "GET_MERCHANT_LISTINGS_DATA"]


def test_the_file_log_needs_nothing_but_the_standard_library(root: Path, tmp_path: Path) -> None:
    """A partner installs it with --no-deps beside the library that he has."""
    text = (
        "import sys; sys.path[:0] = [sys.argv[1]]\n"
        "from streams.capture.call_capture import CallCapture\n"
        "from streams.capture.file_log import FileLog\n"
        "capture = CallCapture(FileLog('x'), seller_id='A1', application_id='a')\n"
        "try: capture.start()\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", text, str(root)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
    )
    assert "neither httpx nor urllib3 is installed" in done.stdout
    assert len(ANSWER) == len(PLAIN)


def test_the_line_of_the_documentation_works(root: Path, tmp_path: Path, api: SellerApi) -> None:
    page = (root / "docs" / "capture.md").read_text()
    (block,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    path = tmp_path / "erp.ndjson"
    assert "/var/log/seller-api/erp.ndjson" in block
    code = block.replace("/var/log/seller-api/erp.ndjson", str(path))
    code = code.replace('grant="lwa"', 'grant="lwa", hosts=["127.0.0.1"]')
    code += f"import requests; requests.get('{api.url}{ORDERS}', timeout=5)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    line = json.loads(path.read_text())
    (example,) = re.findall(r"^```json\n(.+)\n```$", page, re.MULTILINE)
    assert set(line) == set(json.loads(example))
