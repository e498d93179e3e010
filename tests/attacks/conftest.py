"""The account that every attack is tried on."""

import pytest
from account import Account


@pytest.fixture(scope="session")
def account() -> Account:
    return Account()


@pytest.fixture(scope="session")
def honest_pages(account: Account) -> set[str]:
    """What pages while nobody forges anything: seven attacks."""
    found = account.paged(account.detect(account.parse(account.records)))
    assert len(found) == 7
    return found
