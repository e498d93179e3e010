"""CloudTrail records in the shape that AWS writes."""

import random
from typing import Any, Final

from streams.simulation.clock_text import ClockText
from streams.simulation.identity import Identity
from streams.simulation.operation import Operation
from streams.simulation.seeds import seeded_random

_REGION: Final = "eu-central-1"
_S3: Final = "s3.amazonaws.com"
_DYNAMO: Final = "dynamodb.amazonaws.com"
_RDS: Final = "rdsdata.amazonaws.com"
_SECRETS: Final = "secretsmanager.amazonaws.com"
_DATA_SOURCES: Final = frozenset({_S3, _DYNAMO, _RDS})


class CloudTrailWriter:
    """Writes the CloudTrail records of a role's or a service's calls.

    Parameters
    ----------
    identity
        The caller; an ARN is an assumed role, anything else an AWS service.
    rng
        Random stream of the caller.
    """

    source = "cloudtrail"

    def __init__(self, identity: Identity, rng: random.Random) -> None:
        self.identity = identity
        self._rng = rng
        self._clock = ClockText()
        self._role = identity.principal.startswith("arn:")
        self._name = identity.principal.rpartition("/")[2]
        # The role id belongs to the role: a stolen session shows the same one.
        self._role_id = f"AROA{seeded_random(0, identity.principal).getrandbits(64):016X}"

    def write(  # noqa: PLR0913 - one argument for each thing that a record says
        self, operation: Operation, time: float, rows: int, status: int, *, ids: list[str], key: str
    ) -> dict[str, Any]:
        """Write the record of one call; `key` names the object or item that it reads."""
        uniform, identity = self._rng.random, self.identity
        is_data = operation.method in _DATA_SOURCES
        record: dict[str, Any] = {
            "eventVersion": "1.11",
            "userIdentity": self._user_identity(uniform()),
            "eventTime": self._clock.seconds(time),
            "eventSource": operation.method,
            "eventName": operation.name,
            "awsRegion": _REGION,
            "sourceIPAddress": identity.addresses[int(uniform() * len(identity.addresses))],
            "userAgent": identity.user_agent,
            "requestParameters": _parameters(operation, key, identity.tenant),
            "responseElements": None,
            "requestID": f"{self._rng.getrandbits(64):016X}",
            "eventID": _uuid(self._rng.getrandbits(128)),
            "readOnly": operation.method != _RDS,
            "resources": _resources(operation, key, identity.tenant),
            "eventType": "AwsApiCall",
            "managementEvent": not is_data,
            "recipientAccountId": identity.tenant,
            "eventCategory": "Data" if is_data else "Management",
        }
        if status != 200:  # noqa: PLR2004 - HTTP
            throttled = status == 429  # noqa: PLR2004 - HTTP
            record["errorCode"] = "ThrottlingException" if throttled else "AccessDenied"
            record["errorMessage"] = "Rate exceeded" if throttled else "Access Denied"
        elif operation.method == _S3:
            sent = int(rows * operation.row_bytes * (0.85 + 0.3 * uniform()))
            record["additionalEventData"] = {
                "SignatureVersion": "SigV4",
                "AuthenticationMethod": "AuthHeader",
                "bytesTransferredIn": 0.0,
                "bytesTransferredOut": float(sent),
            }
        return record

    def _user_identity(self, uniform: float) -> dict[str, Any]:
        identity = self.identity
        if not self._role:
            return {"type": "AWSService", "invokedBy": identity.principal}
        key = identity.credentials[int(uniform * len(identity.credentials))]
        session = f"{self._name}-session"
        return {
            "type": "AssumedRole",
            "principalId": f"{self._role_id}:{session}",
            "arn": f"arn:aws:sts::{identity.tenant}:assumed-role/{self._name}/{session}",
            "accountId": identity.tenant,
            "accessKeyId": key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": self._role_id,
                    "arn": identity.principal,
                    "accountId": identity.tenant,
                    "userName": self._name,
                },
                "attributes": {"mfaAuthenticated": "false"},
            },
        }


def _parameters(operation: Operation, key: str, account: str) -> dict[str, Any]:
    target = operation.target
    parameters: dict[str, Any]
    if operation.method == _S3:
        parameters = {"bucketName": target, "Host": f"{target}.s3.{_REGION}.amazonaws.com"}
        if operation.name == "GetObject":
            parameters["key"] = f"export/{key}.csv.gz"
        else:
            parameters["prefix"] = "export/"
        return parameters
    if operation.method == _DYNAMO:
        parameters = {"tableName": target}
        return parameters if operation.name == "Scan" else {**parameters, "key": {"pk": key}}
    if operation.method == _RDS:
        cluster = f"arn:aws:rds:{_REGION}:{account}:cluster:{target}"
        return {"resourceArn": cluster, "database": target, "sql": "**********"}
    if operation.method == _SECRETS:
        return {"secretId": target}
    return {"keyId": target, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def _resources(operation: Operation, key: str, account: str) -> list[dict[str, str]]:
    target = operation.target
    if operation.method == _S3:
        bucket = {"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{target}"}
        if operation.name != "GetObject":
            return [bucket]
        arn = f"arn:aws:s3:::{target}/export/{key}.csv.gz"
        return [{"type": "AWS::S3::Object", "ARN": arn}, bucket]
    if operation.method == _DYNAMO:
        arn = f"arn:aws:dynamodb:{_REGION}:{account}:table/{target}"
        return [{"accountId": account, "type": "AWS::DynamoDB::Table", "ARN": arn}]
    return []


def _uuid(bits: int) -> str:
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
