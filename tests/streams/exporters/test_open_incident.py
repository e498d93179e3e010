from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from models.incidents.incident import Incident
from streams.exporters.open_incident import OpenIncident

MakeIncident = Callable[..., Incident]
PRINCIPAL = "amzn1.sp.solution.0a1b2c3d-4e5f-6789-abcd-000000000001"


def with_reasons(incident: Incident, *changes: dict) -> Incident:
    reasons = tuple(msgspec.structs.replace(incident.reasons[0], **change) for change in changes)
    return msgspec.structs.replace(incident, reasons=reasons)


def test_it_says_who_as_people_do(incident: MakeIncident) -> None:
    assert OpenIncident.of(incident(1), 0.0).who == "solution …0000000001"
    named = OpenIncident.of(incident(1), 0.0, "payment_processor")
    assert named.who == "The payment processor solution …0000000001"
    assert named.labels["principal"] == PRINCIPAL


def test_its_reason_names_the_principal_no_second_time(incident: MakeIncident) -> None:
    shown = OpenIncident.of(
        with_reasons(
            incident(1),
            {"text": f"{PRINCIPAL} read 5,000 records in an hour."},
            {"text": f"The credential key-1 of {PRINCIPAL} is used from two networks."},
        ),
        0.0,
    )
    assert shown.reason == (
        "It read 5,000 records in an hour. The credential key-1 is used from two networks."
    )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:7:8::9", "2001:db8:7::/48"),
    ],
)
def test_a_callers_address_stays_inside(incident: MakeIncident, address: str, network: str) -> None:
    text = f"{PRINCIPAL} read customer data from {address}; declared: none."
    told = with_reasons(incident(1), {"feature": "network", "observed": address, "text": text})
    shown = OpenIncident.of(told, 0.0)
    assert shown.reason == f"It read customer data from {network}; declared: none."
    assert address not in msgspec.json.encode(shown).decode()


def test_a_line_of_it_ends_between_words(incident: MakeIncident) -> None:
    long = f"{PRINCIPAL} " + "asked for ids that follow one another " * 8
    shown = OpenIncident.of(with_reasons(incident(1), {"text": long}), 0.0)
    assert len(shown.brief) <= 112
    assert shown.brief.endswith(
        (" ids …", " that …", " one …", " for …", " another …", " follow …")
    )


def test_an_incident_without_reasons_is_shown_all_the_same(incident: MakeIncident) -> None:
    shown = OpenIncident.of(incident(1, reasons=(), evidence=(), credential_ids=()), 0.0)
    assert (shown.reason, shown.brief, shown.source, shown.credentials) == ("", "", "", "")


def test_a_page_is_worse_than_a_ticket_of_any_score(incident: MakeIncident) -> None:
    ticket = OpenIncident.of(incident(1, page=False, score=99.0), 0.0)
    page = OpenIncident.of(incident(2, score=1.0), 0.0)
    assert page.badness > ticket.badness


def words(expected: str) -> dict[str, object]:
    return {"expected": expected, "low": None, "high": None}


def test_the_usual_range_is_that_of_the_first_reason_with_a_number(
    incident: MakeIncident,
) -> None:
    first = {"feature": "network", "observed": "AS64500"} | words("one of those seen")
    second = {"feature": "calls", "observed": 1200.0, "expected": 1050, "low": 20, "high": 9000.5}
    shown = OpenIncident.of(with_reasons(incident(1), first, second), 0.0)
    assert shown.feature == "calls"
    assert shown.reading == {"observed": 1200, "median": 1050, "low": 20, "high": 9000.5}


@pytest.mark.parametrize(
    "usual",
    [
        {"expected": None, "low": None, "high": 3.0},
        {"expected": 0.0, "low": None, "high": None},
        {"expected": None, "low": None, "high": None},
        words("1,050 (20 to 9,000)"),
    ],
    ids=["a limit", "zero", "nothing", "the words of an earlier release"],
)
def test_without_a_range_there_is_the_observed_value_alone(
    incident: MakeIncident, usual: dict
) -> None:
    shown = OpenIncident.of(with_reasons(incident(1), {"observed": 7.0} | usual), 0.0)
    assert (shown.feature, shown.reading) == ("customer_records", {"observed": 7.0})


def test_who_was_told_is_not_paged_by_what_goes_on(incident: MakeIncident) -> None:
    told = incident(1)
    reopened = replace(told, reopened_at=told.paged_at + timedelta(hours=5))
    assert OpenIncident.of(told, 0.0).page
    assert not OpenIncident.of(reopened, 0.0).page
