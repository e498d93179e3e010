"""Names the resource of an AWS call, without parts that may be personal."""

from collections.abc import Iterator
from typing import Any, Final

from models.catalogue.resource_classes import short_name
from streams.sources.formats.fields import Record, loose_text, mapping

_NAMES: Final = (
    "bucketName", "tableName", "database", "secretId", "dBInstanceIdentifier",
    "dBClusterIdentifier", "resourceArn", "streamName", "keyId",
)  # fmt: skip
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
            return short_name(value)
    for name in _NAMES:
        if (value := loose_text(parameters, name)) is not None:
            return short_name(value)
    items = parameters.get("requestItems")
    if isinstance(items, dict) and items:
        return short_name(str(next(iter(items))))
    for name, value in parameters.items():
        if isinstance(value, str) and value and name.lower() in _FOLDED:
            return short_name(value[:1024])
    arns = (arn for arn in _arns(record.get("resources")) if not arn.startswith("arn:aws:kms:"))
    first = next(arns, None)
    return None if first is None else short_name(first)


def _arns(resources: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    entries = resources if isinstance(resources, list) else [resources]
    for entry in entries[:20]:
        if isinstance(entry, str) and entry:
            yield entry[:1024]
        elif isinstance(entry, dict):
            for name in ("ARN", "arn", "ARNPrefix", "arnPrefix"):
                if (value := loose_text(entry, name)) is not None:
                    yield value
