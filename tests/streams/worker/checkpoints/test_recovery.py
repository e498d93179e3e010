import random
import zlib

import pytest

from models.errors import WireFormatError
from streams.worker.checkpoints.checkpoint_log import CheckpointLog
from streams.worker.checkpoints.commit_note import CommitNote
from streams.worker.checkpoints.fragment import Fragment, FragmentKey, Kind
from streams.worker.checkpoints.partition_state import PartitionState
from streams.worker.checkpoints.recovery import Recovery
from streams.worker.checkpoints.seal import Refusal, Seal

SEAL = Seal("group", [b"k" * 32])
GROUPS = 4


def recover(table: dict[bytes, bytes], note: str = "", **limits: int) -> Recovery:
    return Recovery.of(table, SEAL, note, partition=3, groups=GROUPS, writer=9, **limits)


def history(checkpoints: int) -> list[dict[bytes, bytes]]:
    """The table after each checkpoint."""
    log = CheckpointLog(3, GROUPS, writer=1)
    table: dict[bytes, bytes] = {}
    tables = []
    for number in range(1, checkpoints + 1):
        changes = {f"k{number % 7}".encode(): bytes([number]), b"all": bytes([number])}
        written = log.append(PartitionState(number, changes))
        table.update((key, SEAL.wrap(key, value)) for key, value in written)
        tables.append(dict(table))
    return tables


def truth(number: int) -> dict[bytes, bytes]:
    state = {b"all": bytes([number])}
    for earlier in range(1, number + 1):
        state[f"k{earlier % 7}".encode()] = bytes([earlier])
    return state


def test_an_honest_table_is_believed() -> None:
    found = recover(history(80)[-1], CommitNote(80, 1, 79).sign(SEAL, 3))
    assert found.snapshot == PartitionState(80, truth(80))
    assert (found.refused, found.problem, found.log.is_anew) == ({}, "", False)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_dropped_put_back_or_forged_the_state_is_one_that_was_written(
    seed: int,
) -> None:
    chance = random.Random(seed)
    tables = history(120)
    table = dict(tables[-1])
    for key in chance.sample(sorted(table), chance.choice((1, 2, 5, 20, 60))):
        what = chance.choice(("drop", "put back", "forge", "swap"))
        if what == "drop":
            del table[key]
        elif what == "put back":
            table[key] = chance.choice([t[key] for t in tables if key in t])
        elif what == "forge":
            table[key] = table[key][:-1] + bytes([table[key][-1] ^ 1])
        else:
            table[key] = chance.choice(list(table.values()))
    found = recover(table, CommitNote(120, 1, 119).sign(SEAL, 3))
    if found.snapshot is not None:
        assert found.snapshot.state == truth(found.snapshot.offset)
    if found.snapshot is None or found.snapshot.offset < 119:
        assert found.refused
        assert found.log.is_anew
        assert found.last_sequence >= 120


def test_the_previous_checkpoint_takes_the_place_of_one_that_is_forged() -> None:
    table = history(50)[-1]
    for part in (k for k in table if FragmentKey.parse(k).slot == 50):
        table[part] = b"SWS1" + bytes(44)
    found = recover(table)
    assert found.snapshot == PartitionState(49, truth(49))
    assert found.refused == {Refusal.UNKNOWN_KEY: 1}
    assert "unknown key 0000000000000000" in found.problem


def test_all_that_is_gone_is_missed() -> None:
    found = recover({}, CommitNote(50, 1, 49).sign(SEAL, 3))
    assert found.snapshot is None
    assert found.refused == {Refusal.STALE: 1}
    assert found.problem == "checkpoint 49 was written, but 0 is the newest there is"


def test_a_note_of_another_partition_proves_nothing() -> None:
    assert recover({}, CommitNote(50, 1, 49).sign(SEAL, 2)).refused == {}


def test_a_bomb_is_refused_and_the_rest_is_read() -> None:
    table = history(5)[-1]
    place = FragmentKey(3, Kind.DELTA, 6, 0).key
    bomb = Fragment(Kind.DELTA, 6, 1, 0, 1, zlib.compress(bytes(5_000_000))).encode()
    table[place] = SEAL.wrap(place, bomb)
    found = recover(table, largest_state_bytes=1_000_000)
    assert found.snapshot == PartitionState(5, truth(5))
    assert found.refused == {Refusal.TOO_LARGE: 1}


def test_the_sum_of_all_blobs_is_bounded() -> None:
    table: dict[bytes, bytes] = {}
    for slot in range(20):
        place = FragmentKey(3, Kind.BASE, slot, 0).key
        body = zlib.compress(bytes(400_000))
        table[place] = SEAL.wrap(place, Fragment(Kind.BASE, 1, 1, 0, 1, body).encode())
    found = recover(table, largest_state_bytes=1_000_000)
    assert found.refused[Refusal.TOO_LARGE] == 18


def test_the_number_of_a_checkpoint_that_cannot_be_is_refused() -> None:
    place = FragmentKey(3, Kind.DELTA, 6, 0).key
    value = Fragment(Kind.DELTA, 2**63, 1, 0, 1, zlib.compress(b"")).encode()
    found = Recovery.of({place: value}, Seal("group"), partition=3, groups=4, writer=9)
    assert found.refused == {Refusal.DAMAGED: 1}
    assert found.log.append(PartitionState(0))


def test_a_snapshot_that_the_detector_cannot_read_is_dropped() -> None:
    table = history(5)[-1]
    found = recover(table)
    found.drop(WireFormatError("no"), 3, GROUPS)
    table.update((k, SEAL.wrap(k, v)) for k, v in found.log.append(PartitionState(8, {b"a": b"1"})))
    assert recover(table).snapshot == PartitionState(8, {b"a": b"1"})
