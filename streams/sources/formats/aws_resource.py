"""Names the resource of an AWS call, without parts that may be personal."""

import re
from collections.abc import Iterator
from typing import Any, Final

from models.catalogue.resource_classes import bucket_of, short_name
from models.domain.decoded_text import decoded
from streams.sources.formats.fields import Record, loose_text, mapping

_NAMES: Final = (
    "bucketName", "tableName", "database", "secretId", "dBInstanceIdentifier",
    "dBClusterIdentifier", "resourceArn", "streamName", "keyId",
)  # fmt: skip
# A key that decrypts is not what is read.
_ARN: Final = re.compile(r"arn:[a-z-]+:(?!kms:)", re.IGNORECASE)
_FOLDED: Final = {name.lower(): name for name in _NAMES}
# Encryption context: names the resource whose data key KMS decrypts.
_CONTEXT_NAMES: Final = (
    "aws:s3:arn", "aws:dynamodb:tableName", "SecretARN", "PARAMETER_ARN",
)  # fmt: skip


def resource_of(record: Record) -> str | None:
    """Return the bucket, table, database, secret or key of a record, or None.

    Examples
    --------
    >>> resource_of({"requestParameters": {"bucketName": "orders", "key": "jane.csv"}})
    'orders'
    >>> resource_of({"resources": ["arn:aws:s3:::orders/jane.csv"]})
    'orders'
    """
    parameters = mapping(record, "requestParameters")
    context = mapping(parameters, "encryptionContext")
    for name in _CONTEXT_NAMES:
        if (value := loose_text(context, name)) is not None:
            return _name(name, value)
    for name in _NAMES:
        if (value := loose_text(parameters, name)) is not None:
            return _name(name, value)
    items = parameters.get("requestItems")
    if isinstance(items, dict) and items:
        return _name("tableName", str(next(iter(items)))[:1024])
    for name, value in parameters.items():
        if isinstance(value, str) and value and name.lower() in _FOLDED:
            return _name(_FOLDED[name.lower()], value[:1024])
    arns = (decoded(arn) or "" for arn in _arns(record.get("resources")))
    first = next((arn for arn in arns if _ARN.match(arn)), None)
    return None if first is None else short_name(first)


def _name(parameter: str, value: str) -> str | None:
    plain = decoded(value) or ""
    of_object = parameter in ("bucketName", "aws:s3:arn")
    return (bucket_of(plain) if of_object else short_name(plain)) or None


def _arns(resources: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    entries = resources if isinstance(resources, list) else [resources]
    for entry in entries[:20]:
        if isinstance(entry, str) and entry:
            yield entry[:1024]
        elif isinstance(entry, dict):
            for name in ("ARN", "arn", "ARNPrefix", "arnPrefix"):
                if (value := loose_text(entry, name)) is not None:
                    yield value
