"""What a call that CloudTrail recorded was about."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_NAMES: Final = (
    "bucketname",
    "tablename",
    "streamname",
    "secretid",
    "name",
    "domainname",
    "functionname",
    "loggroupname",
    "dbsnapshotidentifier",
    "dbclustersnapshotidentifier",
    "sourcearn",
    "dbinstanceidentifier",
    "snapshotid",
    "imageid",
    "database",
    "databasename",
    "workgroup",
    "clusteridentifier",
    "queueurl",
    "userpoolid",
    "tablearn",
    "keyid",
    "rolearn",
    "username",
)
_FROM: Final = re.compile(r"\b(?:from|into|update|join)\s+[\"`]?([A-Za-z0-9_.-]{1,128})", re.I)
_STATEMENTS: Final = ("statement", "sql", "sqlstatement", "querystring")
_SECRET_SUFFIX: Final = re.compile(r"(?<=.)-[A-Za-z0-9]{6}$")
_SAFE: Final = re.compile(r"[A-Za-z0-9_./:+=,-]{1,200}")


def resource_of(record: Mapping[str, Any]) -> str | None:
    """Return the bucket, table, secret or the like; None if the record names none.

    The key of an S3 object is left out: exports are named after people at times.

    Examples
    --------
    >>> resource_of({"requestParameters": {"bucketName": "buyers", "key": "jane.csv"}})
    'buyers'
    >>> resource_of({"requestParameters": {"statement": "SELECT * FROM Orders WHERE a = 1"}})
    'Orders'
    """
    for name in _candidates(record):
        short = _short(name)
        if _SAFE.fullmatch(short):
            return short
    return None


def encrypted_bucket(record: Mapping[str, Any]) -> str | None:
    """Return the bucket that a KMS call was made for, by its encryption context."""
    context = _lowered(_lowered(record.get("requestParameters")).get("encryptioncontext"))
    arn = context.get("aws:s3:arn")
    return _short(arn) if isinstance(arn, str) and _SAFE.fullmatch(_short(arn)) else None


def key_values(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values of the primary keys of the DynamoDB items that were asked for."""
    key = _lowered(record.get("requestParameters")).get("key")
    if isinstance(key, Mapping):
        for value in key.values():
            inner = next(iter(value.values()), None) if isinstance(value, Mapping) else value
            if isinstance(inner, str):
                yield inner


def _candidates(record: Mapping[str, Any]) -> Iterator[str]:
    parameters = _lowered(record.get("requestParameters"))
    for name in _NAMES:
        value = parameters.get(name)
        if isinstance(value, str) and value:
            yield value
    yield from _listed(parameters)
    for name in _STATEMENTS:
        value = parameters.get(name)
        match = _FROM.search(value) if isinstance(value, str) else None
        if match:
            yield match[1]
    yield from _arns(record.get("resources"))


def _listed(parameters: Mapping[str, Any]) -> Iterator[str]:
    items = parameters.get("requestitems")
    if isinstance(items, Mapping):
        yield from (str(name) for name in items)
    for name in ("names", "path", "secretidlist"):
        value = parameters.get(name)
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))
        elif isinstance(value, str):
            yield value


def _arns(resources: object) -> Iterator[str]:
    for entry in resources if isinstance(resources, list) else [resources]:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, Mapping):
            arn = _lowered(entry).get("arn")
            if isinstance(arn, str):
                yield arn


def _short(name: str) -> str:
    if not name.startswith("arn:"):
        return name
    parts = name.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004
        return name
    service, rest = parts[2], parts[5]
    if service == "s3":
        return rest.partition("/")[0]
    if service == "secretsmanager":
        return _SECRET_SUFFIX.sub("", rest.removeprefix("secret:"))
    if service == "dynamodb":
        return rest.removeprefix("table/").partition("/")[0]
    return rest


def _lowered(value: object) -> dict[str, Any]:
    return (
        {str(key).lower(): item for key, item in value.items()}
        if isinstance(value, Mapping)
        else {}
    )
