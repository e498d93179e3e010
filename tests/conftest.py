"""Fixtures that all tests share, and the order in which several processes run them."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from models.domain.data_class import DataClass
from models.incidents.incident import (
    Exposure,
    Incident,
    IncidentKind,
    IncidentStatus,
    Reason,
    Severity,
)
from streams.demo.embedded_broker import EmbeddedBroker

ROOT = Path(__file__).resolve().parent.parent
SAID = "said"
INTEGRATION = ROOT / "tests" / "integration"


def pytest_configure() -> None:
    """Let an example take its time: a busy machine says nothing of the code."""
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Integration tests wait half of the time: two processes a core."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: integration tests, first those that one process must run."""

    def haste(item: pytest.Item) -> tuple[bool, bool]:
        grouped = item.get_closest_marker("xdist_group") is not None
        return not item.path.is_relative_to(INTEGRATION), not grouped

    items.sort(key=haste)


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests told, whichever process ran them."""
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call"
    ]
    figures = [
        value for report in reports for name, value in report.user_properties if name == SAID
    ]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(str(figure))


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Tell a figure that was measured: it is printed at the end of the run."""
    return lambda text: record_property(SAID, text)


@pytest.fixture
def shared_data() -> Path:
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real logs is absent: put it at ../shared/data")
    return folder


@pytest.fixture
def root() -> Path:
    return ROOT


@pytest.fixture
def broker_address(tmp_path: Path) -> Iterator[str]:
    with EmbeddedBroker(tmp_path / "embedded-broker.log") as broker:
        yield broker.address


@pytest.fixture(scope="session")
def make_incident() -> Callable[..., Incident]:
    """Make an incident that has paged; keyword arguments replace its fields."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    def make(**fields: object) -> Incident:
        values: dict = {
            "incident_id": "i-1",
            "status": IncidentStatus.OPEN,
            "page": True,
            "severity": Severity.HIGH,
            "opened_at": moment,
            "paged_at": moment,
            "updated_at": moment,
            "tenant": "A1",
            "principal": "app-1",
            "credential_ids": ("key-1",),
            "kinds": (IncidentKind.BULK_READ,),
            "data_classes": (DataClass.CUSTOMER,),
            "p_value": 0.001,
            "score": 7.5,
            "exposure": Exposure(
                calls=12, records=3400, distinct_subjects=None, bytes=None, since=moment
            ),
            "reasons": (
                Reason(
                    feature="records",
                    window="hour",
                    observed=3400.0,
                    expected=42.0,
                    low=8.0,
                    high=115.0,
                    p_value=0.001,
                    contribution=0.8,
                    text="app-1 read 3,400 customer records in an hour; usual: 42 (8 to 115).",
                ),
            ),
            "evidence": (),
            "attack": ("T1213",),
            "runbook_url": "https://example.com/bulk_read",
        }
        return Incident(**(values | fields))

    return make


@pytest.fixture
def fleet_incident(make_incident: Callable[..., Incident]) -> Incident:
    """The incident that the detector opens for a surge of many principals."""
    reason = Reason(
        feature="principals",
        window="hour",
        observed=12.0,
        expected="fewer than one in a day",
        p_value=0.0,
        contribution=1.0,
        text="12 principals read far more than usual within an hour, among them app-1, app-2.",
    )
    return make_incident(incident_id="i-1", principal="fleet", reasons=(reason,))
