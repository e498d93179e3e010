import pytest

from models.domain.data_class import DataClass
from streams.simulation import Attack


@pytest.fixture
def attack() -> Attack:
    """A burst of 400 rows from second 10,000 to second 20,000."""
    return Attack(
        attack_id="burst-0",
        kind="burst",
        tenant="A1",
        principal="app-1",
        credential_id="key-1",
        start=10_000.0,
        end=20_000.0,
        data_classes=(DataClass.CUSTOMER,),
        event_ids=("a", "b"),
        times=(10_000.0, 20_000.0),
        rows=(100, 300),
    )
