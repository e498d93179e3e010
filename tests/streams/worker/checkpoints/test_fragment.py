import random
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import CheckpointError, WireFormatError
from models.state.inflate_budget import InflateBudget
from streams.worker.checkpoints.fragment import Fragment, FragmentKey, Kind, join, split

places = st.builds(
    FragmentKey,
    st.integers(0, 2**32 - 1),
    st.sampled_from(Kind),
    st.integers(0, 2**16 - 1),
    st.integers(0, 2**16 - 1),
)


@given(places)
def test_a_key_comes_back(place: FragmentKey) -> None:
    assert FragmentKey.parse(place.key) == place


@given(st.binary(max_size=20).filter(lambda key: len(key) != 9 or key[4] not in (1, 2)))
def test_a_key_of_others_is_refused(key: bytes) -> None:
    with pytest.raises(WireFormatError, match="not a checkpoint's key"):
        FragmentKey.parse(key)


def test_every_part_fits_into_a_message_and_the_parts_make_the_blob() -> None:
    blob = random.Random(1).randbytes(2_500_000)
    fragments = list(split(Kind.BASE, sequence=4, writer=9, body=blob))
    assert [fragment.part for fragment in fragments] == [0, 1, 2]
    values = [fragment.encode() for fragment in fragments]
    assert max(map(len, values)) < 1_000_000
    decoded = [Fragment.decode(value) for value in values]
    assert decoded == fragments
    assert join(decoded, InflateBudget()) == blob


def test_a_part_that_is_missing_or_of_another_checkpoint_makes_no_blob() -> None:
    first, second = split(Kind.BASE, 4, 9, random.Random(1).randbytes(1_000_000))
    assert join([first], InflateBudget()) is None
    assert join([first, replace(second, sequence=5)], InflateBudget()) is None
    assert join([first, replace(second, writer=8)], InflateBudget()) is None


def test_the_version_before_is_read() -> None:
    old = Fragment(Kind.BASE, 4, 9, 0, 1, b"plain", version=1)
    assert join([Fragment.decode(old.encode())], InflateBudget()) == b"plain"


def test_unknown_versions_and_damage_are_refused() -> None:
    fragment = next(split(Kind.DELTA, 1, 2, b"body"))
    newer = replace(fragment, version=9)
    with pytest.raises(WireFormatError, match="version 9"):
        Fragment.decode(newer.encode())
    with pytest.raises(WireFormatError, match="checksum"):
        Fragment.decode(fragment.encode()[:-1] + b"?")
    with pytest.raises(WireFormatError, match="without its mark"):
        Fragment.decode(b"pickle?")
    with pytest.raises(WireFormatError, match="cannot be decompressed"):
        join([replace(fragment, body=zlib.compress(b"body")[:-3])], InflateBudget())
    for strange in (replace(fragment, sequence=2**62 + 1), replace(fragment, kind=7)):
        with pytest.raises(WireFormatError, match="no such kind or number"):
            Fragment.decode(strange.encode())


@pytest.mark.parametrize("version", [1, 2])
def test_a_blob_inflates_to_no_more_than_its_budget(version: int) -> None:
    body = bytes(1000)
    packed = body if version == 1 else zlib.compress(body)
    fragment = Fragment(Kind.DELTA, 1, 2, 0, 1, packed, version=version)
    assert join([fragment], InflateBudget(1000)) == body
    with pytest.raises(CheckpointError, match="more bytes than it may"):
        join([fragment], InflateBudget(999))
