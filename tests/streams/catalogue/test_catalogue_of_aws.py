"""Compares the AWS calls of the catalogue with the service models of AWS."""

from collections.abc import Iterator

import pytest

from models.catalogue.catalogue_entry import CatalogueEntry
from streams.catalogue.catalogue_files import load_catalogue

CATALOGUE = load_catalogue()

# Services whose model name differs from their event source.
MODELS = {
    "aoss": ["opensearchserverless"], "apigateway": ["apigateway", "apigatewayv2"],
    "agreement-marketplace": ["marketplace-agreement"], "bedrock": [
        "bedrock", "bedrock-agent", "bedrock-runtime", "bedrock-agent-runtime",
    ], "elasticloadbalancing": ["elbv2"], "es": ["opensearch", "es"], "monitoring": ["cloudwatch"],
    "dynamodb": ["dynamodb", "dynamodbstreams"], "mobiletargeting": ["pinpoint"],
    "payment-cryptography": ["payment-cryptography", "payment-cryptography-data"],
    "profile": ["customer-profiles"], "rdsdata": ["rds-data"], "s3": ["s3", "s3control"],
    "ses": ["ses", "sesv2"], "servicequotas": ["service-quotas"], "sso": ["sso", "sso-admin"],
    "timestream": ["timestream-query"],
}  # fmt: skip
# Event names of the console, of AWS itself and of permissions: not API operations.
NO_OPERATIONS = {
    "aoss:DescribeIndex", "aoss:ReadDocument", "athena:GetQueryResultsStream",
    "codecommit:GitPull", "ec2-instance-connect:OpenTunnel", "ec2:SharedSnapshotCopyInitiated",
    "ec2:SharedSnapshotVolumeCreated", "es:ESHttpGet", "es:ESHttpPost",
    "lakeformation:GetDataAccess", "logs:Unmask", "rds:DownloadCompleteDBLogFile",
    "s3:DeleteBucketPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "s3:JobCreated",
    "s3:ListAllMyBuckets", "s3:PutBucketPublicAccessBlock", "sso:CreateToken", "sso:StartSSO",
}  # fmt: skip
CONSOLE_ONLY = {"billingconsole", "cloudshell", "discovery-marketplace", "signin", "sso-directory"}
PAGE_SIZES = ("MaxResults", "maxResults", "MaxItems", "MaxRecords", "Limit", "limit", "PageSize")
# A size parameter that does not limit the response.
OTHER_SIZES = {
    "config:GetResourceConfigHistory", "firehose:DescribeDeliveryStream",
    "iam:SimulatePrincipalPolicy", "logs:StartQuery",
}  # fmt: skip


@pytest.fixture(scope="module")
def session():
    botocore = pytest.importorskip("botocore.session", reason="botocore is absent: it is in 'dev'")
    return botocore.get_session()


def shapes(session) -> Iterator[tuple[str, CatalogueEntry, dict[str, object] | None]]:
    """Yield each call with its entry and its input members; None if no model has it."""
    models: dict[str, list[object]] = {}
    for call, entry in CATALOGUE.calls.items():
        label, _, name = call.replace(".amazonaws.com", "").partition(":")
        if label in CONSOLE_ONLY or f"{label}:{name}" in NO_OPERATIONS:
            continue
        if label not in models:
            models[label] = [session.get_service_model(one) for one in MODELS.get(label, [label])]
        known = [model for model in models[label] if name in model.operation_names]
        shape = known[0].operation_model(name).input_shape if known else None
        yield f"{label}:{name}", entry, {} if shape is None and known else (shape and shape.members)


def test_every_call_is_an_operation_with_the_limits_and_names_of_its_model(session) -> None:
    unknown, limits, nameless = [], {}, []
    for call, entry, members in shapes(session):
        if members is None:
            unknown.append(call)
            continue
        sizes = [members[one].metadata.get("max") for one in PAGE_SIZES if one in members]
        most = next((size for size in sizes if size is not None), None)
        if most is not None and call not in OTHER_SIZES and entry.max_records != most:
            limits[call] = (entry.max_records, most)
        if entry.by_resource and not names_one_of(entry, {one.lower() for one in members}):
            nameless.append(call)
    assert (unknown, limits, nameless) == ([], {}, [])


def names_one_of(entry: CatalogueEntry, members: set[str]) -> bool:
    """Whether the call has the parameter that the entry reads; S3 renames its own."""
    names = {name.partition(".")[0].lower() for name in entry.resource}
    return bool(names & (members | {"bucketname", "x-amz-copy-source"}))
