import gzip
import json
import re

from models.domain.data_class import DataClass
from streams.catalogue.catalogue_files import load_catalogue
from streams.simulation.behaviours import allowed_data_classes, behaviours
from streams.simulation.integration_kind import IntegrationKind
from streams.simulation.operation import operations


def seller_paths():
    return {
        (one.method, re.sub(r"{\w+}", "{id}", one.target))
        for one in operations().values()
        if one.target.startswith("/") and "Action" not in dict(one.query)
    }


def test_paths_are_those_of_the_selling_partner_api(shared_data):
    with gzip.open(shared_data / "spapi" / "operations.ndjson.gz", "rt") as lines:
        known = {
            (one["method"], re.sub(r"{\w+}", "{id}", one["path"])) for one in map(json.loads, lines)
        }
    assert seller_paths() <= known


def test_report_types_are_those_of_the_selling_partner_api(shared_data):
    text = (shared_data / "spapi" / "report_types.json").read_text()
    reports = [one.report_type for one in operations().values() if one.report_type]
    assert reports
    assert all(f'"{name}"' in text for name in reports)


def test_each_exposes_what_the_catalogue_says():
    catalogue = load_catalogue(None)
    for one in operations().values():
        if one.method.endswith(".amazonaws.com"):
            known = catalogue.aws(one.method, one.name, one.target)
        else:
            path = one.target.replace("{id}", "902-1")
            known = catalogue.seller_api(one.method, path, dict(one.query), one.report_type)
        assert known is not None, one
        exposed = tuple(name for name in known.data_classes if name is not DataClass.NONE)
        assert exposed == one.data_classes, one


def test_a_payment_processor_has_no_business_with_buyers_or_suppliers():
    allowed = allowed_data_classes(IntegrationKind.PAYMENT)
    assert "customer" not in allowed
    assert "supplier" not in allowed


def test_every_kind_has_habits():
    assert set(behaviours()) == set(IntegrationKind)
    assert all(len(job.hours) == 24 for jobs in behaviours().values() for job in jobs)
