"""Names the objects that an AWS call reads: keys, items, secrets, queries."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

import msgspec

_MOST_OBJECTS: Final = 1000
_LARGEST_KEY: Final = 100_000
# Parameters that name one object each, by service; a list names several.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "athena.amazonaws.com": ("queryString", "queryExecutionId", "tableName"),
    "glue.amazonaws.com": ("name", "tableName"),
    "kinesis.amazonaws.com": ("streamName", "streamARN"),
    "logs.amazonaws.com": (
        "logGroupName", "logGroupNames", "logGroupIdentifier", "logGroupIdentifiers",
    ),
    "rds.amazonaws.com": ("dBSnapshotIdentifier", "dBClusterSnapshotIdentifier", "logFileName"),
    "redshift-data.amazonaws.com": ("sql", "sqls", "id"),
    "secretsmanager.amazonaws.com": ("secretId", "secretIdList"),
    "sqs.amazonaws.com": ("queueUrl",),
    "ssm.amazonaws.com": ("name", "names", "path"),
}  # fmt: skip
_S3: Final = "s3.amazonaws.com"
_DYNAMO: Final = "dynamodb.amazonaws.com"
_REQUESTS: Final = ("requestItems", "transactItems")


def objects_of(source: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return the texts that tell apart what a call reads, at most a thousand.

    A listing is the prefix that it lists, whatever its page. The texts may be personal: hash them.

    Parameters
    ----------
    source
        CloudTrail's ``eventSource``.
    parameters
        Its ``requestParameters``.

    Examples
    --------
    >>> objects_of("s3.amazonaws.com", {"bucketName": "files", "key": "a/b.csv"})
    ['files/a/b.csv']
    >>> objects_of("secretsmanager.amazonaws.com", {"secretId": "prod/erp"})
    ['prod/erp']
    >>> objects_of("ec2.amazonaws.com", {"instanceId": "i-1"})
    []
    """
    if source == _S3:
        found: Iterator[str] = _of_bucket(parameters)
    elif source == _DYNAMO:
        found = _of_tables(parameters)
    else:
        found = _of_names(parameters, _NAMES.get(source, ()))
    return list(islice(found, _MOST_OBJECTS))


def _of_bucket(parameters: Mapping[str, Any]) -> Iterator[str]:
    copied = parameters.get("x-amz-copy-source")
    if isinstance(copied, str) and copied:
        yield copied[:_LARGEST_KEY].lstrip("/")
        return
    bucket, key = parameters.get("bucketName"), parameters.get("key")
    if not isinstance(bucket, str):
        return
    if isinstance(key, str) and key:
        yield f"{bucket}/{key[:_LARGEST_KEY]}"
    elif isinstance(prefix := parameters.get("prefix"), str):
        yield f"{bucket}/{prefix[:_LARGEST_KEY]}*"


def _of_tables(parameters: Mapping[str, Any]) -> Iterator[str]:
    if parameters.get("key"):
        yield from _encoded(parameters["key"])
        return
    for name in _REQUESTS:
        requests = parameters.get(name)
        if isinstance(requests, dict):
            requests = list(requests.values())
        for request in requests if isinstance(requests, list) else ():
            yield from _of_request(request)


def _of_request(request: object) -> Iterator[str]:
    if not isinstance(request, dict):
        return
    inner = request.get("get", request)
    if not isinstance(inner, dict):
        return
    keys = inner.get("keys")
    for key in keys if isinstance(keys, list) else [inner.get("key")]:
        if key:
            yield from _encoded(key)


def _of_names(parameters: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = parameters.get(name)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text:
                yield text[:_LARGEST_KEY]


def _encoded(key: object) -> Iterator[str]:
    try:
        encoded = msgspec.json.encode(key, order="sorted")
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError):
        return
    yield encoded[:_LARGEST_KEY].decode("utf-8", "replace")
