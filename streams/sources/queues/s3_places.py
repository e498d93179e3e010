"""Where in S3 a notice may lead."""

from collections.abc import Iterable
from typing import Final

from models.domain.decoded_text import decoded
from streams.sources.formats.s3_notice import S3Object

# A client or a proxy on the way may resolve these.
_STEPS: Final = frozenset({".", ".."})


class S3Places:
    """The buckets and folders that may be read; all others are refused.

    Names are compared as S3 does, character by character. A key with a step in it (`.` or `..`,
    in any encoding) is refused, because a program on the way to S3 may resolve it.

    Parameters
    ----------
    places
        Each is ``bucket/`` or ``bucket/folder/``.

    Examples
    --------
    >>> places = S3Places(["logs/AWSLogs/"])
    >>> S3Object("logs", "AWSLogs/a.json.gz") in places
    True
    >>> S3Object("logs", "AWSLogsOfMine/a.json.gz") in places
    False
    >>> S3Object("logs", "AWSLogs/%2e%2e/payroll.csv") in places
    False
    """

    def __init__(self, places: Iterable[str]) -> None:
        self._folders = tuple(place.partition("/")[::2] for place in places)

    def __contains__(self, place: S3Object) -> bool:
        is_named = any(
            place.bucket == bucket and place.key.startswith(folder)
            for bucket, folder in self._folders
        )
        return is_named and not _has_steps(place.key)


def _has_steps(key: str) -> bool:
    text = decoded(key)
    return text is None or not _STEPS.isdisjoint(text.replace("\\", "/").split("/"))
