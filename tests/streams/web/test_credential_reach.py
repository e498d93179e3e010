import shlex

import msgspec
import pytest

from models.detector_settings import PrincipalProfile
from models.domain.access_event import Outcome
from models.domain.data_class import DataClass
from models.incidents.incident import Incident
from streams.catalogue.catalogue_files import load_catalogue
from streams.web.credential_reach import CredentialReach, ReachedClass


@pytest.fixture(scope="module")
def reach() -> CredentialReach:
    profile = PrincipalProfile(kind="erp", allowed_data_classes=["payment", "financial"])
    return CredentialReach(load_catalogue(), {"app-1": profile})


def by_class(reach: CredentialReach, incident: Incident, *others: Incident) -> dict:
    found = reach.of(incident, others)
    assert found is not None
    return {one.data_class: one for one in found.classes}


def test_the_catalogue_tells_what_else_is_open(reach: CredentialReach, make_incident) -> None:
    found = by_class(reach, make_incident())
    customer: ReachedClass = found[DataClass.CUSTOMER]
    assert customer.was_read
    assert customer.declared is False
    # It has read getOrders: the other operations on orders are as open.
    assert 3 <= customer.answered < customer.operations
    assert customer.restricted > 3
    # getOrders is also the name of a vendor's operation, which exposes suppliers.
    assert found[DataClass.SUPPLIER].answered == 0
    assert set(found) >= {DataClass.PAYMENT, DataClass.FINANCIAL, DataClass.INVENTORY}
    assert found[DataClass.FINANCIAL].declared is True
    assert not found[DataClass.FINANCIAL].was_read
    assert DataClass.CATALOG not in found


def test_a_refused_call_opens_nothing(reach: CredentialReach, make_incident) -> None:
    event = msgspec.structs.replace(make_incident().evidence[0], outcome=Outcome.DENIED)
    denied = make_incident(evidence=(event,))
    assert by_class(reach, denied)[DataClass.CUSTOMER].answered == 0


def test_incidents_of_the_same_key_count_and_no_others(
    reach: CredentialReach, make_incident
) -> None:
    incident = make_incident(incident_id="i-9")
    supplier = {"data_classes": (DataClass.SUPPLIER,)}
    same_key = make_incident(principal="app-2", **supplier)
    assert by_class(reach, incident, same_key)[DataClass.SUPPLIER].was_read
    for other in (
        make_incident(principal="app-2", credential_ids=("key-2",), **supplier),
        make_incident(tenant="B2", **supplier),
    ):
        assert not by_class(reach, incident, other)[DataClass.SUPPLIER].was_read


def test_aws_is_asked_for_policies(reach: CredentialReach, make_incident) -> None:
    for kind in ("user", "role"):
        arn = f"arn:aws:iam::123456789012:{kind}/etl"
        found = reach.of(make_incident(principal=arn), ())
        assert found is not None
        assert [one.data_class for one in found.classes] == [DataClass.CUSTOMER]
        words = shlex.split(found.lines[-1])
        assert words[:4] == [
            "aws",
            "iam",
            "simulate-principal-policy",
            f"--policy-source-arn={arn}",
        ]
        assert "s3:GetObject" in words
        assert all(f"--{kind}-name=etl" in line for line in found.lines[:-1])


def test_many_principals_have_no_reach(reach: CredentialReach, fleet_incident: Incident) -> None:
    assert reach.of(fleet_incident, ()) is None


def test_nothing_declared_is_said_so(make_incident) -> None:
    found = by_class(CredentialReach(load_catalogue(), {}), make_incident())
    assert {one.declared for one in found.values()} == {None}
