import zlib

import pytest

from models.errors import CheckpointError, WireFormatError
from models.state.inflate_budget import InflateBudget
from streams.worker.checkpoints.blob_table import BlobTable
from streams.worker.checkpoints.blobs import Delta, encode_entries
from streams.worker.checkpoints.fragment import Fragment, FragmentKey, Kind


def record(
    kind: Kind, slot: int, sequence: int, body: bytes, writer: int = 1
) -> dict[bytes, bytes]:
    fragment = Fragment(kind, sequence, writer, 0, 1, zlib.compress(body))
    return {FragmentKey(3, kind, slot, 0).key: fragment.encode()}


def delta(sequence: int, previous_writer: int = 1) -> dict[bytes, bytes]:
    body = Delta(sequence, previous_writer, 0, (sequence,), b"", {b"a": b"1"}).encode()
    return record(Kind.DELTA, sequence, sequence, body)


def test_what_is_damaged_does_not_hide_what_is_whole() -> None:
    damaged = {FragmentKey(3, Kind.DELTA, 9, 0).key: b"damage"}
    strange = record(Kind.DELTA, 8, 8, b"no delta")
    bomb = record(Kind.BASE, 0, 2, bytes(10_000))
    found = BlobTable(delta(1) | delta(2) | damaged | strange | bomb, InflateBudget(1_000))
    assert sorted(found.deltas) == [1, 2]
    assert found.last_sequence == 8
    assert [type(problem) for problem in found.problems] == [
        WireFormatError,
        WireFormatError,
        CheckpointError,
    ]
    # A traceback would keep what was inflated.
    assert all(problem.__traceback__ is None for problem in found.problems)


def test_a_base_of_another_writer_is_none() -> None:
    base = record(Kind.BASE, 5, 2, encode_entries({b"a": b"1"}), writer=7)
    assert BlobTable(base, InflateBudget()).base(5) == (2, {b"a": b"1"})
    assert BlobTable(base | delta(2), InflateBudget()).base(5) == (0, {})
    assert BlobTable({}, InflateBudget()).base(5) == (0, {})


def test_a_change_must_be_there_and_follow() -> None:
    found = BlobTable(delta(1) | delta(2) | delta(3, previous_writer=8), InflateBudget())
    assert found.changes_of(2) == {b"a": b"1"}
    with pytest.raises(WireFormatError, match="does not follow"):
        found.changes_of(3)
    with pytest.raises(WireFormatError, match="is missing"):
        found.changes_of(4)
