from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.data_class import DataClass
from models.incidents.incident import IncidentStatus, Severity
from streams.web.incident_filter import FilterError, IncidentFilter

filters = st.builds(
    IncidentFilter,
    status=st.none() | st.sampled_from(IncidentStatus),
    severity=st.none() | st.sampled_from(Severity),
    data_class=st.none() | st.sampled_from(DataClass),
    tenant=st.text(max_size=20).map(str.strip),
    principal=st.text(max_size=20).map(str.strip),
    page=st.booleans(),
    is_exact=st.booleans(),
)


@given(filters)
def test_a_filter_survives_its_address(wanted: IncidentFilter) -> None:
    query = dict(parse_qsl(wanted.to_query(offset=50), strict_parsing=True))
    assert query.pop("offset") == "50"
    assert IncidentFilter.from_query(query) == wanted


@given(st.dictionaries(st.sampled_from(["status", "severity", "class"]), st.text(min_size=1)))
def test_what_does_not_exist_is_refused_shortly(query: dict[str, str]) -> None:
    try:
        wanted = IncidentFilter.from_query(query)
    except FilterError as error:
        assert len(str(error)) < 200
    else:
        known = {wanted.status, wanted.severity, wanted.data_class}
        assert set(query.values()) <= {str(choice) for choice in known}


def test_severity_is_the_least(make_incident) -> None:
    high = make_incident(severity=Severity.HIGH)
    assert IncidentFilter(severity=Severity.MEDIUM).matches(high)
    assert not IncidentFilter(severity=Severity.CRITICAL).matches(high)


@pytest.mark.parametrize("name", ["app", "APP-1", " app-1", "app-1 "])
def test_a_whole_name_is_that_name_alone(make_incident, name: str) -> None:
    wanted = IncidentFilter.from_query({"principal": name, "exact": "1"})
    assert not wanted.matches(make_incident(principal="app-1"))
    assert wanted.matches(make_incident(principal=name))


@pytest.mark.parametrize(("text", "wanted"), [("", False), ("0", False), ("1", True)])
def test_pages_only(text: str, wanted: bool) -> None:
    assert IncidentFilter.from_query({"page": text}).page is wanted
