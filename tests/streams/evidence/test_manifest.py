import zipfile

import msgspec
import pytest

from models.errors import WireFormatError
from streams.evidence.manifest import Source, decode_manifest


def source(**changes: object) -> Source:
    values = {"topic": "t", "ranges": (), "found": 0, "unreadable": 0}
    return Source(**(values | {"is_whole": True, "has_expired": False} | changes))


def test_what_is_missing_is_said() -> None:
    assert source().gaps == ()
    assert source(is_whole=False).gaps == ("t was not read to its end",)
    assert source(has_expired=True).gaps == ("t may no longer hold the beginning",)
    assert source(unreadable=3).gaps == ("3 messages of t are unreadable",)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 5000])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(WireFormatError, match="not a manifest"):
        decode_manifest(data)


def test_one_of_another_release_is_refused(bundle) -> None:
    values = msgspec.json.decode(zipfile.ZipFile(bundle).read("manifest.json"))
    with pytest.raises(WireFormatError, match="another release"):
        decode_manifest(msgspec.json.encode(values | {"version": 2}))
