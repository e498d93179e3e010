"""Tests of the position store."""

from pathlib import Path

import pytest

from models.errors import InputError
from streams.sources.files.position_store import FilePosition, PositionStore

ONE = FilePosition(device=1, inode=2, fingerprint="f", path="a", offset=3)
TWO = FilePosition(device=1, inode=9, fingerprint="f", path="b", offset=4, whole_size=5)


def test_positions_are_kept_and_forgotten(tmp_path: Path) -> None:
    store = PositionStore(tmp_path / "new")
    store.save([ONE, TWO])
    store.save([FilePosition(device=1, inode=2, fingerprint="f", path="a", offset=8)], [TWO])
    store.close()
    (position,) = PositionStore(tmp_path / "new").load()
    assert (position.offset, position.whole_size) == (8, None)


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.save([ONE])
    with pytest.raises(InputError, match="in use: another"):
        PositionStore(tmp_path)


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "positions.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(InputError, match="move the file away"):
        PositionStore(tmp_path)
