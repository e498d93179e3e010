import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import WireFormatError
from models.state.inflate_budget import InflateBudget
from streams.worker.checkpoints.blob_table import BlobTable
from streams.worker.checkpoints.checkpoint_log import CheckpointLog, bucket
from streams.worker.checkpoints.fragment import FragmentKey, Kind
from streams.worker.checkpoints.partition_state import PartitionState

keys = st.integers(0, 30).map(lambda n: f"principal-{n}".encode())
changes = st.lists(st.dictionaries(keys, st.binary(max_size=40), max_size=12), max_size=150)


def restore(
    table: dict, groups: int = 8, writer: int = 2
) -> tuple[CheckpointLog, PartitionState | None]:
    blobs = BlobTable(table, InflateBudget())
    if blobs.problems:
        raise blobs.problems[0]
    newest = max(blobs.deltas, default=0)
    return CheckpointLog.restore(blobs, newest, partition=3, groups=groups, writer=writer)


@settings(max_examples=60, deadline=None)
@given(changes, st.integers(1, 40), st.data())
def test_a_kill_after_any_record_leaves_a_checkpoint_in_force(
    rounds: list[dict[bytes, bytes]], groups: int, data: st.DataObject
) -> None:
    log = CheckpointLog(3, groups, writer=1)
    table: dict[bytes, bytes] = {}
    state: dict[bytes, bytes] = {}
    offset: int | None = None
    for number, changed in enumerate(rounds):
        records = log.append(PartitionState(number * 10, changed, bytes([number % 256]) * 8))
        written = len(records)
        killed = data.draw(st.sampled_from([False] * 9 + [True]))
        if killed:
            written = data.draw(st.integers(0, len(records) - 1))
        table.update(records[:written])
        if written:
            state.update(changed)
            state = {k: v for k, v in state.items() if v}
            offset = number * 10
        if killed:
            log, snapshot = restore(table, groups, writer=number + 2)
            assert (None if snapshot is None else snapshot.offset) == offset
            assert ({} if snapshot is None else snapshot.state) == state
    _, snapshot = restore(table, groups)
    assert (None if snapshot is None else snapshot.offset) == offset
    assert ({} if snapshot is None else snapshot.state) == state


def test_a_table_stops_growing() -> None:
    log = CheckpointLog(3, 8, writer=1)
    table: dict[bytes, bytes] = {}
    sizes = []
    for number in range(400):
        table.update(log.append(PartitionState(number, {f"k{number % 50}".encode(): b"x" * 100})))
        sizes.append(len(table))
    assert sizes[-1] == sizes[200] == 64 + 16


def large(seed: int) -> dict[bytes, bytes]:
    source = random.Random(seed)
    return {f"k{n}".encode(): source.randbytes(100_000) for n in range(30)}


def test_a_torn_checkpoint_is_not_in_force() -> None:
    log = CheckpointLog(3, 4, writer=1)
    table = dict(log.append(PartitionState(5, large(1))))
    records = log.append(PartitionState(9, large(2)))
    parts = [key for key, _ in records if FragmentKey.parse(key).kind is Kind.DELTA]
    assert len(parts) > 2
    for torn in range(len(parts)):
        _, snapshot = restore(table | dict(records[:torn]), groups=4)
        assert snapshot == PartitionState(5, large(1))
    _, snapshot = restore(table | dict(records), groups=4)
    assert snapshot == PartitionState(9, large(2))


def test_a_writer_that_was_voted_out_is_found_out() -> None:
    log = CheckpointLog(3, 8, writer=1)
    table = dict(log.append(PartitionState(1, {b"a": b"1"})))
    mine, _ = restore(table, writer=2)
    lost = log.append(PartitionState(2, {b"b": b"old"}))
    table.update(mine.append(PartitionState(2, {b"b": b"new"})))
    table.update(mine.append(PartitionState(3, {b"c": b"3"})))
    table.update(lost)
    for key in [key for key in table if FragmentKey.parse(key).kind is Kind.BASE]:
        del table[key]
    with pytest.raises(WireFormatError, match="does not follow"):
        restore(table)


def test_a_lost_change_is_an_error_and_not_a_wrong_state() -> None:
    log = CheckpointLog(3, 1, writer=1)
    table = {}
    for number in range(3):
        table.update(log.append(PartitionState(number, {b"a": bytes([number + 1])})))
    for key in [
        k for k in table if FragmentKey.parse(k).kind is Kind.BASE or FragmentKey.parse(k).slot == 2
    ]:
        del table[key]
    with pytest.raises(WireFormatError, match="is missing"):
        restore(table, groups=1)


def test_a_state_that_was_begun_anew_holds_nothing_of_the_old_one() -> None:
    log = CheckpointLog(3, 4, writer=1)
    table: dict[bytes, bytes] = {}
    for number in range(100):
        table.update(log.append(PartitionState(number, {f"k{number % 9}".encode(): b"old"})))
    anew = CheckpointLog(3, 4, writer=2)
    anew.begin_anew(100)
    assert restore(table | dict(anew.append(PartitionState(5, {}))), 4)[1] == PartitionState(5, {})
    for number in range(3):
        table.update(anew.append(PartitionState(number, {f"n{number}".encode(): b"new"})))
    _, snapshot = restore(table, 4)
    assert snapshot == PartitionState(2, {b"n0": b"new", b"n1": b"new", b"n2": b"new"})


def test_a_log_that_begins_anew_writes_all_of_its_state_and_needs_no_record_from_before() -> None:
    log = CheckpointLog(3, 4, writer=1)
    table: dict[bytes, bytes] = {}
    for number in range(100):
        table.update(log.append(PartitionState(number, {f"k{number % 9}".encode(): b"old"})))
    log.begin_anew(500)
    assert log.is_anew
    new = dict(log.append(PartitionState(100, {b"k0": b"", b"k1": b"new"})))
    assert log.written_before == 100
    assert log.last_written[0] > 500
    whole = {f"k{n}".encode(): b"old" for n in range(2, 9)} | {b"k1": b"new"}
    assert restore(new, 4)[1] == restore(table | new, 4)[1] == PartitionState(100, whole)
    for number in range(101, 200):
        new.update(log.append(PartitionState(number, {b"k2": bytes([number])})))
    assert restore(new, 4)[1].state == whole | {b"k2": bytes([199])}


def test_another_number_of_groups_is_refused() -> None:
    table = dict(CheckpointLog(3, 8, writer=1).append(PartitionState(1, {b"a": b"1"})))
    with pytest.raises(WireFormatError, match="8 groups, the settings say 9"):
        restore(table, groups=9)


def test_records_of_others_are_left_out() -> None:
    key = FragmentKey(3, Kind.DELTA, 1, 0).key
    assert bucket([(b"key", b""), (key, b"value")]) == {3: {key: b"value"}}


@given(st.binary(max_size=200))
def test_bytes_of_others_never_crash(value: bytes) -> None:
    with pytest.raises(WireFormatError):
        restore({FragmentKey(3, Kind.DELTA, 1, 0).key: value})
