"""Measures the time of a catalogue lookup in nanoseconds.

Run it with ``make bench-catalogue``. Each figure is the median of seven rounds. json.loads of one
access-log line in the same run is the yardstick.
"""

import json
import statistics
import timeit
from collections.abc import Callable

from streams.catalogue.catalogue_files import load_catalogue
from streams.geo.network_lookup import NetworkLookup

_ROUNDS = 7
_CALLS = 50_000
_LINE = json.dumps(
    {
        "time": "2026-03-01T10:00:00Z", "request_id": "8f3c", "seller_id": "A1", "method": "GET",
        "application_id": "amzn1.sp.solution.example", "path": "/orders/v0/orders/902-1/orderItems",
        "query": {"MarketplaceIds": "A1PA6795UKMFR9"}, "status": 200, "response_bytes": 812,
        "source_ip": "203.0.113.9", "user_agent": "example/1.0",
    }
)  # fmt: skip


def main() -> None:
    """Print one line per kind of lookup."""
    catalogue, networks = load_catalogue(), NetworkLookup()
    seller_api, aws = catalogue.seller_api, catalogue.aws
    orders = {"includedData": "BUYER,PAYMENT"}
    report = "GET_V2_SETTLEMENT_REPORT_DATA_XML"
    questions: dict[str, Callable[[], object]] = {
        "json.loads of a line": lambda: json.loads(_LINE),
        "seller API path": lambda: seller_api("GET", "/orders/v0/orders/902-1/orderItems", {}),
        "seller API with includedData": lambda: seller_api(
            "GET", "/orders/2026-01-01/orders", orders
        ),
        "report document": lambda: seller_api(
            "GET", "/reports/2021-06-30/documents/d-1", {}, report
        ),
        "MWS action": lambda: seller_api("POST", "/Orders/2013-09-01", {"Action": "ListOrders"}),
        "unknown path": lambda: seller_api("GET", "/health/live", {}),
        "AWS call with a resource": lambda: aws("s3.amazonaws.com", "GetObject", "acme-orders"),
        "address, remembered": lambda: networks.lookup("8.8.8.8"),
    }
    for name, question in questions.items():
        rounds = timeit.repeat(question, number=_CALLS, repeat=_ROUNDS)
        print(f"{statistics.median(rounds) / _CALLS * 1e9:8.0f} ns  {name}")


if __name__ == "__main__":
    main()
