from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from streams.catalogue.catalogue_files import load_catalogue
from streams.gateway.authorizer import Authorizer
from streams.gateway.gateway_key import GatewayKey

AUTHORIZER = Authorizer(load_catalogue())
ENDS = datetime(2026, 6, 1, tzinfo=UTC)
SECRET, KEY = GatewayKey.make("payments.example", (DataClass.FINANCIAL, DataClass.PAYMENT), ENDS)
FINANCES = "/finances/v0/financialEvents?PostedAfter=2026-01-01"
DAY = 1_767_254_400.0


def test_a_key_reads_what_it_is_for() -> None:
    decision = AUTHORIZER.decide("GET", FINANCES, [SECRET], [KEY], DAY)
    assert decision == (200, "payments.example", KEY.credential_id, "")


@pytest.mark.parametrize(
    ("method", "target", "refusal"),
    [
        ("GET", "/orders/v0/orders", "the key may not read customer data"),
        ("GET", "/fba/inventory/v1/summaries", "the key may not read inventory data"),
        ("GET", "/reports/2021-06-30/documents/x", "the key may not read unclassified data"),
        ("GET", "/orders/2026-01-01/orders?includedData=A", "the key may not read customer data"),
        ("POST", FINANCES, "the key may not POST"),
        ("TRACE", FINANCES, "the key may not TRACE"),
        ("G\nT", FINANCES, "the key may not do this"),
        ("GET", "/unknown", "no operation of the API is known by this path"),
        ("GET", "/finances/v0/../../orders/v0/orders", "the path is not in its plain spelling"),
        ("GET", "/finances%2fv0/financialEvents", "the path is not in its plain spelling"),
        ("GET", "//finances/v0/financialEvents", "the path is not in its plain spelling"),
        ("GET", "", "no operation of the API is known by this path"),
    ],
)  # fmt: skip
def test_all_else_is_refused_with_a_reason(method: str, target: str, refusal: str) -> None:
    decision = AUTHORIZER.decide(method, target, [SECRET], [KEY], DAY)
    assert decision == (403, "payments.example", KEY.credential_id, refusal)


def test_the_catalogue_of_products_is_for_every_key() -> None:
    target = "/catalog/2022-04-01/items"
    assert AUTHORIZER.decide("GET", target, [SECRET], [KEY], DAY).status == 200


def test_a_token_for_personal_data_is_for_no_key() -> None:
    every = KEY.model_copy(update={"data_classes": tuple(DataClass), "methods": ("POST",)})
    target = "/tokens/2021-03-01/restrictedDataToken"
    decision = AUTHORIZER.decide("POST", target, [SECRET], [every], DAY)
    assert (decision.status, decision.refusal) == (
        403,
        "the answer would be a credential of the marketplace",
    )


@pytest.mark.parametrize(
    ("presented", "name"),
    [
        ([], "gateway:no-key"),
        (["", ""], "gateway:no-key"),
        (["x"], "gateway:unknown-key"),
        ([SECRET + " "], "gateway:unknown-key"),
        ([KEY.sha256], "gateway:unknown-key"),
        ([KEY.credential_id], "gateway:unknown-key"),
        ([SECRET, SECRET], "gateway:unknown-key"),
        (["x" * 1_000_000], "gateway:unknown-key"),
    ],
)
def test_what_is_no_key_is_nobody(presented: list[str], name: str) -> None:
    decision = AUTHORIZER.decide("GET", FINANCES, presented, [KEY], DAY)
    assert (decision.status, decision.application_id, decision.credential_id) == (401, name, "")


def test_a_key_ends_on_its_day() -> None:
    end = ENDS.timestamp()
    assert AUTHORIZER.decide("GET", FINANCES, [SECRET], [KEY], end - 1).status == 200
    decision = AUTHORIZER.decide("GET", FINANCES, [SECRET], [KEY], end)
    assert decision == (401, "payments.example", KEY.credential_id, "the key has expired")


@given(st.text(max_size=8), st.text(max_size=200), st.lists(st.text(max_size=60), max_size=3))
def test_no_guess_passes(method: str, target: str, presented: list[str]) -> None:
    assert AUTHORIZER.decide(method, target, presented, [KEY], DAY).status == 401


@given(st.text(max_size=8), st.text(max_size=200))
def test_whatever_is_asked_a_refusal_fits_a_header(method: str, target: str) -> None:
    refusal = AUTHORIZER.decide(method, target, [SECRET], [KEY], DAY).refusal
    assert refusal.isprintable()
    assert len(refusal) < 100
