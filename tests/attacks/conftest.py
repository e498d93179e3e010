"""The account that every attack is tried on, and a broker for those that need one."""

from collections.abc import Iterator

import pytest
from account import Account
from shared_kafka import kafka_of_the_run


@pytest.fixture(scope="session")
def account() -> Account:
    return Account()


@pytest.fixture(scope="session")
def honest_pages(account: Account) -> set[str]:
    """What pages while nobody forges anything: eight attacks."""
    found = account.paged(account.detect(account.parse(account.records)))
    assert len(found) == 8
    return found


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker that all processes of a run share: use topics of your own."""
    with kafka_of_the_run(tmp_path_factory) as address:
        yield address
