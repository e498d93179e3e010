import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from real_parts import kafka_jars
from shared_kafka import shared_kafka

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that all processes of a run share: use topics of your own."""
    jars = kafka_jars(ROOT)
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "shared-kafka"
    folder.mkdir(exist_ok=True)
    with shared_kafka(jars, folder) as address:
        yield address
