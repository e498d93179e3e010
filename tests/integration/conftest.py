from collections.abc import Iterator

import pytest
from shared_kafka import kafka_of_the_run


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that all processes of a run share: use topics of your own."""
    with kafka_of_the_run(tmp_path_factory) as address:
        yield address
