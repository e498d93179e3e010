"""Third parties call through the real NGINX and Envoy; sellerwatch reads the log."""

import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from gateway_parts import (
    CLIENT_SECRET,
    REFRESH_TOKEN,
    SELLER,
    TOKEN,
    Gateway,
    run_cli,
    running_gateway,
)

pytestmark = pytest.mark.xdist_group("gateway")
FINANCES = "/finances/v0/financialEvents?PostedAfter=2026-01-01"
KEY = "x-amz-access-token"
FORGED = "forged-by-the-client"
HEADERS = (
    "X-Application-Id", "X-Credential-Id", "X-Seller-Id", "X-Refusal", "X-Request-Id",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via",
    "X-Envoy-External-Address", "X-Envoy-Original-Path", "X-Envoy-Decorator-Operation",
    "X-Envoy-Upstream-Rq-Timeout-Ms", "X-Original-Uri", "X-Original-Method", "X-Rewrite-Url",
    "X-Http-Method-Override", "Authorization", "Cookie", "X-Amz-Security-Token", "X-Amz-Date",
    "X-Mws-Auth-Token", "X-Accel-Redirect", "Proxy-Authorization", "X-User-Id", "Remote-User",
)  # fmt: skip


@pytest.fixture(scope="module", params=["nginx", "envoy"])
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    root = Path(__file__).resolve().parents[2]
    folder = tmp_path_factory.mktemp(request.param)
    with running_gateway(request.param, root, folder) as running:
        yield running


@pytest.fixture(autouse=True)
def clean(gateway: Gateway) -> None:
    """Nothing of an earlier test is counted, and the rates have room for another one."""
    time.sleep(0.2)
    gateway.marketplace.calls.clear()


def test_who_calls_is_what_the_key_says_whatever_header_is_forged(gateway: Gateway) -> None:
    before = len(gateway.lines()) if (gateway.folder / "logs" / "gateway.json").exists() else 0
    for name in HEADERS:
        answer = gateway.get(FINANCES, "payments.example", (name, FORGED))
        assert answer.status == 200, name
        assert TOKEN not in answer.headers + answer.body.decode(), name
        assert "Set-Cookie" not in answer.headers
        time.sleep(0.06)
    gateway.wait_for_lines(before + len(HEADERS))
    events = gateway.events()[before:]
    assert len(events) == len(gateway.marketplace.calls) == len(HEADERS)
    for call, event, line in zip(
        gateway.marketplace.calls, events, gateway.lines()[before:], strict=True
    ):
        assert FORGED not in str(call)
        assert call["headers"]["x-amz-access-token"] == TOKEN
        assert call["path"] == FINANCES
        assert (event.tenant, event.principal) == (SELLER, "payments.example")
        assert event.credential_id is not None
        assert event.credential_id.startswith("payments.example-")
        assert (event.source_ip, event.outcome) == ("127.0.0.1", "success")
        assert event.data_classes[0] == "financial"
        assert event.bytes == len(gateway.marketplace.answer)
        assert FORGED not in line
    assert len({event.event_id for event in events}) == len(HEADERS)


def test_the_host_that_the_client_names_goes_nowhere(gateway: Gateway) -> None:
    assert gateway.get(FINANCES, "payments.example", ("Host", "evil.example")).status == 200
    assert gateway.marketplace.calls[0]["headers"]["host"] == "localhost"


def test_a_header_that_the_connection_names_goes_on_all_the_same(gateway: Gateway) -> None:
    drop = ("Connection", "close, x-amz-access-token")
    status = gateway.get(FINANCES, "payments.example", drop).status
    # Envoy takes the key away as asked, so that nobody calls; nothing passes without the token.
    assert status in (200, 401)
    for call in gateway.marketplace.calls:
        assert call["headers"]["x-amz-access-token"] == TOKEN


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ([], "gateway:no-key"),
        ([""], "gateway:no-key"),
        (["guess"], "gateway:unknown-key"),
        ([TOKEN], "gateway:unknown-key"),
        (["k" * 4_000], "gateway:unknown-key"),
    ],
)
def test_whoever_has_no_key_reaches_nothing_and_is_logged(
    gateway: Gateway, keys: list[str], named: str
) -> None:
    before = len(gateway.lines())
    answer = gateway.call("GET", FINANCES, [(KEY, key) for key in keys])
    assert answer.status == 401
    assert "gateway:" not in answer.headers
    gateway.wait_for_lines(before + 1)
    event = gateway.events()[-1]
    assert (event.principal, event.outcome) == (named, "denied")
    assert gateway.marketplace.calls == []


def test_two_keys_are_never_more_than_one_key(gateway: Gateway) -> None:
    gateway.add_key("reports.example", "--classes", "inventory")
    keys = [gateway.keys["payments.example"], gateway.keys["reports.example"]]
    for order in (keys, keys[::-1], ["guess", keys[0]]):
        answer = gateway.call("GET", FINANCES, [(KEY, key) for key in order])
        # NGINX takes the first one, Envoy joins them to one that nobody has.
        assert answer.status in ((200, 401) if order[0] == keys[0] else (401, 403)), order
        assert FORGED not in str(gateway.marketplace.calls)


@pytest.mark.parametrize(
    "path",
    [
        "/orders/v0/orders?MarketplaceIds=A1PA6795UKMFR9",
        "/orders/2026-01-01/orders?includedData=BUYER",
        "/reports/2021-06-30/documents/amzn1.spdoc.1.4.eu.example",
        "/nobody/knows/this",
        "/finances/v0/../../orders/v0/orders",
        "/finances/v0/%2e%2e/%2e%2e/orders/v0/orders",
        "/finances/v0/..%2f..%2forders/v0/orders",
        "/finances/v0/..;/..;/orders/v0/orders",
        "//orders/v0/orders",
        "/orders/v0/orders/902-1845936-5435065/buyerInfo",
        "/check/finances/v0/financialEvents",
        "/_check",
        "/../healthz",
        "/%2e%2e/healthz",
    ],
)
def test_a_key_reads_what_it_was_given_for_and_nothing_else(gateway: Gateway, path: str) -> None:
    answer = gateway.get(path, "payments.example")
    assert answer.status in (400, 403, 404), answer
    assert gateway.marketplace.calls == []


def test_a_refused_read_is_one_of_the_third_party(gateway: Gateway) -> None:
    before = len(gateway.lines())
    assert gateway.get("/orders/v0/orders", "payments.example").status == 403
    assert "may not read customer data" in gateway.wait_for_lines(before + 1)[-1]
    event = gateway.events()[-1]
    assert (event.principal, event.operation) == ("payments.example", "getOrders")
    assert (event.outcome, event.data_classes[0]) == ("denied", "customer")


@pytest.mark.parametrize("method", ["POST", "DELETE", "TRACE", "OPTIONS", "HEAD", "PROPFIND"])
def test_only_the_methods_of_the_key_pass(gateway: Gateway, method: str) -> None:
    key = gateway.keys["payments.example"]
    answer = gateway.call(method, FINANCES, [(KEY, key)])
    assert answer.status in (400, 403, 405)
    assert TOKEN not in answer.headers + answer.body.decode()
    assert gateway.marketplace.calls == []


def test_no_credential_of_the_marketplace_is_handed_out(gateway: Gateway) -> None:
    key = gateway.add_key("erp.example", "--classes", "customer,financial")
    path = gateway.folder / "keys.yaml"
    path.write_text(path.read_text().replace("- GET", "- GET\n  - POST"))
    headers = [(KEY, key), ("Content-Type", "application/json")]
    answer = gateway.call("POST", "/tokens/2021-03-01/restrictedDataToken", headers, b"{}")
    assert answer.status == 403
    assert gateway.marketplace.calls == []
    assert gateway.call("POST", "/finances/v0/financialEvents", headers, b"{}").status == 403
    quote = gateway.call("POST", "/products/fees/v0/feesEstimate", headers, b'[{"a": 1}]')
    assert quote.status == 200
    assert gateway.marketplace.calls[-1]["body"] == b'[{"a": 1}]'
    assert gateway.marketplace.calls[-1]["headers"]["content-type"] == "application/json"


def test_a_body_has_a_limit(gateway: Gateway) -> None:
    # A key of its own: the tests of a gateway may be spread over several processes.
    key = gateway.add_key("planner.example", "--classes", "customer,financial")
    path = gateway.folder / "keys.yaml"
    path.write_text(path.read_text().replace("- GET\n", "- GET\n  - POST\n"))
    headers = [(KEY, key)]
    try:
        status = gateway.call(
            "POST", "/products/fees/v0/feesEstimate", headers, b" " * 1_100_000
        ).status
    except (BrokenPipeError, ConnectionResetError):
        status = 413
    assert status == 413
    assert gateway.marketplace.calls == []


def test_calls_have_a_rate(gateway: Gateway) -> None:
    key = gateway.keys["payments.example"]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(
            pool.map(lambda _: gateway.call("GET", FINANCES, [(KEY, key)]).status, range(120))
        )
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 20
    time.sleep(2)


def test_a_key_ends_when_its_entry_goes(gateway: Gateway) -> None:
    path = gateway.folder / "keys.yaml"
    kept = path.read_text()
    gateway.add_key("passing.example", "--classes", "financial")
    assert gateway.get(FINANCES, "passing.example").status == 200
    path.write_text(kept)
    assert gateway.get(FINANCES, "passing.example").status == 401
    path.write_text("not: [a key")
    assert gateway.get(FINANCES, "payments.example").status == 200
    path.write_text(kept)


def test_a_key_ends_on_its_day(gateway: Gateway) -> None:
    gateway.add_key("old.example", "--classes", "financial", "--days", "1")
    path = gateway.folder / "keys.yaml"
    entries = yaml.safe_load(path.read_text())
    (name,) = (name for name in entries if name.startswith("old.example"))
    entries[name]["expires"] = "2026-01-01T00:00:00Z"
    path.write_text(yaml.safe_dump(entries))
    before = len(gateway.lines())
    assert gateway.get(FINANCES, "old.example").status == 401
    gateway.wait_for_lines(before + 1)
    assert gateway.events()[-1].principal == "old.example"


def test_nothing_secret_is_in_what_is_written(gateway: Gateway) -> None:
    secrets = [TOKEN, CLIENT_SECRET, REFRESH_TOKEN, *gateway.keys.values()]
    for path in (*gateway.folder.glob("*.log"), *gateway.folder.glob("logs/*")):
        text = path.read_text()
        assert not [secret for secret in secrets if secret in text], path
    assert not [key for key in gateway.keys.values() if key in str(gateway.marketplace.calls)]
    # One log-in served all the calls of this module.
    assert len(gateway.marketplace.logins) == 1
    assert REFRESH_TOKEN in gateway.marketplace.logins[0]


def test_a_key_of_nobody_we_could_name_is_refused() -> None:
    with pytest.raises(Exception, match="exit status 2"):
        run_cli("gateway", "key", "gateway:no-key")


def test_a_third_partys_sdk_calls_with_the_key_in_place_of_a_token(gateway: Gateway) -> None:
    from sp_api.api import Finances  # noqa: PLC0415 - it reads files at its import

    key = gateway.keys["payments.example"]

    class GatewayKeyAuth:
        access_token = key

        def __init__(self, **_: object) -> None:
            pass

        def get_auth(self) -> "GatewayKeyAuth":
            return self

    client = Finances(
        credentials={"refresh_token": "-", "lwa_app_id": "-", "lwa_client_secret": "-"},
        auth_token_client_class=GatewayKeyAuth,
        verify=ssl.create_default_context(cafile=gateway.folder / "cert.pem"),
    )
    client.endpoint = f"https://127.0.0.1:{gateway.port}"
    before = len(gateway.lines())
    assert client.list_financial_events(PostedAfter="2026-01-01").payload is not None
    client.close()
    gateway.wait_for_lines(before + 1)
    event = gateway.events()[-1]
    assert (event.principal, event.operation) == ("payments.example", "listFinancialEvents")
    (call,) = gateway.marketplace.calls
    assert call["headers"]["x-amz-access-token"] == TOKEN


def test_amazons_own_sdk_calls_with_the_key_in_place_of_a_token(gateway: Gateway) -> None:
    from spapi.api.finances_v0.finances_v0_api import FinancesV0Api  # noqa: PLC0415 - it logs
    from spapi.api_client import ApiClient  # noqa: PLC0415
    from spapi.configuration import Configuration  # noqa: PLC0415

    class GatewayKey:
        def get_lwa_access_token(self) -> str:
            return gateway.keys["payments.example"]

    settings = Configuration()
    settings.host = f"https://127.0.0.1:{gateway.port}"
    settings.ssl_ca_cert = str(gateway.folder / "cert.pem")
    settings.access_token_cache = GatewayKey()
    before = len(gateway.lines())
    finances = FinancesV0Api(ApiClient(settings))
    finances.list_financial_events_with_http_info(posted_after="2026-01-01T00:00:00Z")
    gateway.wait_for_lines(before + 1)
    event = gateway.events()[-1]
    assert (event.principal, event.operation) == ("payments.example", "listFinancialEvents")
    (call,) = gateway.marketplace.calls
    assert call["headers"]["x-amz-access-token"] == TOKEN
