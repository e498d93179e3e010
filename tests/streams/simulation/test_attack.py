from models.domain.data_class import DataClass
from streams.simulation import Attack

ATTACK = Attack(
    attack_id="burst-0", kind="burst", tenant="A1", principal="app", credential_id="k",
    start=10.0, end=30.0, data_classes=(DataClass.CUSTOMER,), event_ids=("a", "b", "c"),
    times=(10.0, 20.0, 30.0), rows=(10, 30, 60),
)  # fmt: skip


def test_rows_before_a_time_leave_out_that_time():
    assert [ATTACK.rows_before(time) for time in (10.0, 10.5, 20.0, 99.0)] == [0, 10, 10, 100]


def test_shares_run_from_nothing_to_all():
    assert ATTACK.share_before(0.0) == 0.0
    assert ATTACK.share_before(21.0) == 0.4
    assert ATTACK.share_before(31.0) == 1.0
