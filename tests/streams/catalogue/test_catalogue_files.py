"""The catalogue files are complete and agree with what Amazon publishes."""

import gzip
import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from models.domain.data_class import DataClass
from models.errors import SettingsError
from streams.catalogue.catalogue_files import load_catalogue
from streams.settings.shipped_files import config_directory

CATALOGUE = load_catalogue()
KNOWN = {re.sub(r"{[^}]*}", "{}", route) for route in CATALOGUE.routes}
SDK_CALL = re.compile(r"call_api\(\s*'([^']+)',\s*'([A-Z]+)'")

# Calls that read, export or open something have one of these verbs, or are listed here.
READING_VERBS = (
    "Get", "List", "Describe", "Search", "Lookup", "Batch", "Head", "Scan", "Query", "Select",
    "Retrieve", "Download", "Invoke", "Simulate",
)  # fmt: skip
EXPORTS_AND_CREDENTIALS = {
    "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AddPermission",
    "AssociateAccessPolicy", "AttachVolume", "ChangePassword", "ConsoleLogin", "CreateAccessEntry",
    "CreateAccessKey", "CreateApiKey", "CreateDBSnapshot", "CreateDevEndpoint",
    "CreateEventSourceMapping", "CreateFunctionUrlConfig", "CreateImage",
    "CreateInstanceExportTask", "CreateKeyPair", "CreateLoginProfile", "CreateServer",
    "CreateSession", "CreateSnapshot", "CreateTrafficMirrorSession", "CreateVolume",
    "ImportKeyPair", "IssueCertificate", "JobCreated", "ModifyActivityStream",
    "ModifyDBSnapshotAttribute", "ModifyImageAttribute", "ModifySnapshotAttribute",
    "PasswordRecoveryRequested", "PutBucketAcl", "PutBucketPolicy", "PutBucketReplication",
    "PutKeyPolicy", "ResumeSession", "SendCommand", "SendSSHPublicKey",
    "SendSerialConsoleSSHPublicKey", "SharedSnapshotCopyInitiated", "SharedSnapshotVolumeCreated",
    "StartExportTask", "StartSSO", "StartSession", "SwitchRole", "UpdateAccessKey",
    "UpdateEventSourceMapping", "UpdateLoginProfile",
}  # fmt: skip


def test_the_models_operations_are_all_known(shared_data: Path) -> None:
    with gzip.open(shared_data / "spapi" / "operations.ndjson.gz", "rt") as lines:
        operations = [json.loads(line) for line in lines]
    assert len(operations) == 370
    for one in operations:
        entry = CATALOGUE.routes[f"{one['method']} {one['path']}"]
        assert entry.name == one["operationId"]


def test_what_amazon_documents_as_restricted_is_restricted(shared_data: Path) -> None:
    with gzip.open(shared_data / "spapi" / "operations.ndjson.gz", "rt") as lines:
        operations = [json.loads(line) for line in lines]
    documented = [one for one in operations if one["restricted_documented"]]
    loose = {
        one["operationId"]
        for one in documented
        if not CATALOGUE.routes[f"{one['method']} {one['path']}"].restricted
    }
    # A report is restricted only if its type is.
    assert loose == {"getReportDocument"}


def test_amazons_own_sdk_knows_no_other_operation() -> None:
    operations = sdk_operations()
    assert len(operations) > 300
    assert operations - KNOWN == set()


def sdk_operations() -> set[str]:
    """Read the method and path of each call from the SDK's sources, without running them."""
    spec = importlib.util.find_spec("spapi")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("Amazon's SDK is absent: install the extra 'dev'")
    (folder,) = spec.submodule_search_locations
    found: set[str] = set()
    for path in (Path(folder) / "api").rglob("*.py"):
        for template, method in SDK_CALL.findall(path.read_text(encoding="utf-8")):
            found.add(f"{method} {re.sub(r'{[^}]*}', '{}', template)}")
    return found


def test_the_mws_actions_are_all_known(shared_data: Path) -> None:
    actions = json.loads((shared_data / "spapi" / "mws_actions.json").read_text())
    assert {one["action"] for one in actions} == set(CATALOGUE.mws)


def test_the_report_types_are_all_known(shared_data: Path) -> None:
    types = json.loads((shared_data / "spapi" / "report_types.json").read_text())
    restricted = {one["report_type"]: one["restricted"] for one in types["report_types"]}
    assert {*restricted, *types["also_named_in_models_repo"]} <= set(CATALOGUE.reports)
    assert len(CATALOGUE.reports) >= 116
    assert all(CATALOGUE.reports[name].restricted for name, needed in restricted.items() if needed)


def test_the_notification_types_are_all_known(shared_data: Path) -> None:
    types = json.loads((shared_data / "spapi" / "notifications.json").read_text())
    assert {name for names in types.values() for name in names} <= set(CATALOGUE.notifications)


def test_no_call_seen_in_attacks_that_reads_or_exports_is_missing(shared_data: Path) -> None:
    with gzip.open(shared_data / "traildiscover" / "catalogue.ndjson.gz", "rt") as lines:
        calls = [json.loads(line) for line in lines]
    assert len(calls) == 380
    missing = [
        f"{call['eventSource']}:{call['eventName']}"
        for call in calls
        if reads(call["eventName"])
        and CATALOGUE.aws_entry(call["eventSource"], call["eventName"]) is None
    ]
    assert missing == []


def reads(name: str) -> bool:
    name = re.sub(r"20[0-9]{6}(v[0-9])?$", "", name)
    return name.startswith(READING_VERBS) or name in EXPORTS_AND_CREDENTIALS


@pytest.mark.parametrize(
    "call",
    [
        "s3:GetObject", "s3:SelectObjectContent", "s3:CopyObject", "s3:ListObjects",
        "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan",
        "dynamodb:TransactGetItems", "dynamodb:ExecuteStatement",
        "dynamodb:BatchExecuteStatement", "dynamodb:GetRecords",
        "dynamodb:ExportTableToPointInTime", "rdsdata:ExecuteStatement",
        "rds:ModifyDBSnapshotAttribute", "rds:StartExportTask", "athena:GetQueryResults",
        "redshift-data:ExecuteStatement", "glue:GetTable", "secretsmanager:GetSecretValue",
        "ssm:GetParametersByPath", "kms:Decrypt", "kinesis:GetRecords", "es:ESHttpGet",
        "aoss:ReadDocument",
    ],
)  # fmt: skip
def test_the_reads_of_aws_are_known(call: str) -> None:
    source, _, name = call.partition(":")
    assert CATALOGUE.aws_entry(f"{source}.amazonaws.com", name) is not None


def test_every_entry_was_judged() -> None:
    """A call may lack a class only if its request decides the class, or no request shows it."""
    entries = [*CATALOGUE.routes.values(), *CATALOGUE.mws.values()]
    assert {one.name for one in entries if not one.data_classes and one.depends_on is None} == set()
    assert all(one.data_classes for one in CATALOGUE.reports.values())
    for entry in [*entries, *CATALOGUE.calls.values()]:
        assert list(entry.data_classes) == sorted(entry.data_classes, key=list(DataClass).index)
        assert DataClass.NONE not in entry.data_classes or len(entry.data_classes) == 1


def test_an_operation_is_in_the_file_of_its_service() -> None:
    folder = config_directory() / "catalogue"
    files = {path.stem.replace("_", "") for path in (folder / "seller_api").glob("*.yaml")}
    assert {entry.service.lower() for entry in CATALOGUE.routes.values()} == files
    sources = {f"{path.stem}.amazonaws.com" for path in (folder / "aws").glob("*.yaml")}
    assert {call.partition(":")[0] for call in CATALOGUE.calls} == sources


def test_no_key_is_written_twice() -> None:
    """YAML keeps the last of two equal keys and silently loses the first."""
    for path in (config_directory() / "catalogue").rglob("*.yaml"):
        for node in nodes(yaml.compose(path.read_text(encoding="utf-8"))):
            keys = [key.value for key, _ in node.value]
            assert len(keys) == len(set(keys)), path


def nodes(node: yaml.Node) -> list[yaml.MappingNode]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [node, *(inner for _, value in node.value for inner in nodes(value))]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("mws.yaml", "mws: [", "mws.yaml: not YAML"),
        ("mws.yaml", "mws: []", "mws.yaml: expected the key 'mws'"),
        ("mws.yaml", "mws: {A: {}}", "mws.yaml: A: Object missing required field `service`"),
        ("reports.yaml", "reports: {R: {data_classes: [x]}}", "reports.yaml: R: Invalid enum"),
        ("seller_api/orders.yaml", "operations: {GET orders: {}}", "orders.yaml: GET orders:"),
        ("aws/s3.yaml", "calls: {A: {by_resorce: true}}", "s3.yaml: A: Object contains unknown"),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, file: str, text: str, expected: str) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(config_directory() / "catalogue", folder)
    (folder / file).write_text(text)
    with pytest.raises(SettingsError, match=re.escape(expected)) as caught:
        load_catalogue(folder)
    assert "\n" not in str(caught.value)


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="seller_api: no catalogue files") as caught:
        load_catalogue(tmp_path)
    assert "\n" not in str(caught.value)
