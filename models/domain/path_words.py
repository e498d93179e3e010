"""The words of a path that name a log, and nobody."""

import re
from typing import Final

_WORDS: Final = frozenset(
    "var log logs tmp temp home data srv mnt opt work root usr local private volumes users "
    "access api seller mws sp aws awslogs amazon cloudtrail cloud trail ocsf envoy nginx gateway "
    "apigateway apache proxy lake security securitylake aggregated ext macie macos "
    "event events audit record records request requests raw archive archives old new current "
    "input inbox output backup export exports incident incidents part parts chunk page shard "
    "json ndjson jsonl gz gzip zst zstd parquet csv txt out dead letters digest insight "
    "region accountid account eventday year month day hour minute date dt quiet attack night "
    "prod production live stage staging test tests testing dev demo sample samples example "
    "examples app server host node pod container service web eu us ap ca sa me af il mx cn gov "
    "central east west north south northeast northwest southeast southwest s3 kafka simulation "
    "logfile logfiles seen all orders reports the a b c d e x".split()
)
# A short number or a year; several may be the parts of somebody's number.
_NUMBER: Final = re.compile(r"[0-9]{1,2}|(?:19|20)[0-9]{2}", re.ASCII)
_DATE: Final = re.compile(
    r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:T[0-9]{4,6}Z?)?", re.ASCII
)


def is_plain_word(word: str, *, with_numbers: bool) -> bool:
    """Whether a word of a path may be shown.

    Examples
    --------
    >>> is_plain_word("CloudTrail", with_numbers=True), is_plain_word("jane", with_numbers=True)
    (True, False)
    >>> is_plain_word("2026", with_numbers=True), is_plain_word("2026", with_numbers=False)
    (True, False)
    """
    if word.lower() in _WORDS or _DATE.fullmatch(word) is not None:
        return True
    return with_numbers and _NUMBER.fullmatch(word) is not None
