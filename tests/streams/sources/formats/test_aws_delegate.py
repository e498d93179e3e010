"""Who is given access by an AWS call is named, and nobody of the tenant's own account."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.formats.aws_delegate import delegates_of

OWN, OTHER, THIRD = "111122223333", "444455556666", "777788889999"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("*") | st.just("Allow"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text()
            | st.sampled_from(["Statement", "Effect", "Principal", "AWS", "add", "items", "Grant"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


def policy(principal: object, effect: str = "Allow", **more: object) -> dict[str, object]:
    statement = {"Effect": effect, "Principal": principal, "Action": "s3:GetObject", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def delegates(name: str, parameters: dict, **identity: object) -> list[str]:
    return delegates_of(name, parameters, identity, OWN)


def acl(**grantee: str) -> dict[str, object]:
    granted = {"Grant": [{"Grantee": grantee, "Permission": "READ"}]}
    return {"AccessControlPolicy": {"Owner": {"ID": "own"}, "AccessControlList": granted}}


@pytest.mark.parametrize(
    ("name", "parameters", "found"),
    [
        ("PutBucketPolicy", {"bucketPolicy": policy({"AWS": f"arn:aws:iam::{OTHER}:root"})}, OTHER),
        ("PutBucketPolicy", {"bucketPolicy": policy({"AWS": [OWN, OTHER]})}, OTHER),
        ("PutBucketPolicy", {"bucketPolicy": policy("*")}, "*"),
        ("PutBucketPolicy", {"bucketPolicy": json.dumps(policy({"AWS": "*"}))}, "*"),
        ("PutBucketPolicy", {"bucketpolicy": policy({"CanonicalUser": "79a5"})}, "79a5"),
        ("PutBucketAcl", {"x-amz-acl": ["public-read"]}, "*"),
        ("PutBucketAcl", {"accessControlList": {"x-amz-grant-read": 'id="79a5"'}}, "79a5"),
        ("PutBucketAcl", acl(URI=ALL_USERS), "*"),
        ("PutBucketAcl", acl(ID="79a5"), "79a5"),
        ("AddPermission20150331v2", {"principal": OTHER}, OTHER),
        ("AddPermission", {"aWSAccountIds": [OTHER]}, OTHER),
        (
            "ModifySnapshotAttribute",
            {"createVolumePermission": {"add": {"items": [{"userId": OTHER}]}}},
            OTHER,
        ),
        (
            "ModifySnapshotAttribute",
            {"createVolumePermission": {"add": {"items": [{"group": "all"}]}}},
            "*",
        ),
        (
            "ModifyImageAttribute",
            {"launchPermission": {"add": {"items": [{"userId": OTHER}]}}},
            OTHER,
        ),
        ("ModifyDBSnapshotAttribute", {"valuesToAdd": [OTHER]}, OTHER),
        ("ModifyDBClusterSnapshotAttribute", {"valuesToAdd": ["all"]}, "*"),
        ("PutResourcePolicy", {"resourcePolicy": json.dumps(policy({"AWS": OTHER}))}, OTHER),
        ("PutKeyPolicy", {"policy": json.dumps(policy({"AWS": OTHER}))}, OTHER),
        ("UpdateAssumeRolePolicy", {"policyDocument": json.dumps(policy({"AWS": OTHER}))}, OTHER),
        ("CreateRole", {"assumeRolePolicyDocument": json.dumps(policy({"AWS": OTHER}))}, OTHER),
        ("CreateGrant", {"granteePrincipal": f"arn:aws:iam::{OTHER}:role/reader"}, OTHER),
        ("CreateAccessKey", {"userName": "erp"}, "user/erp"),
        ("CreateLoginProfile", {"userName": "erp"}, "user/erp"),
    ],
)
def test_each_call_that_gives_access_names_who_gets_it(
    name: str, parameters: dict, found: str
) -> None:
    assert delegates(name, parameters) == [found]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("PutBucketPolicy", {"bucketPolicy": policy({"AWS": f"arn:aws:iam::{OWN}:role/etl"})}),
        ("PutBucketPolicy", {"bucketPolicy": policy("*", effect="Deny")}),
        ("PutBucketPolicy", {"bucketPolicy": policy({"Service": "cloudtrail.amazonaws.com"})}),
        ("PutBucketAcl", {"x-amz-acl": "private"}),
        ("PutBucketAcl", acl(ID="own")),
        ("AddPermission20150331v2", {"principal": "s3.amazonaws.com"}),
        ("ModifySnapshotAttribute", {"createVolumePermission": {"remove": {"items": [OTHER]}}}),
        ("ModifyDBSnapshotAttribute", {"valuesToRemove": [OTHER]}),
        ("CreateGrant", {"granteePrincipal": "rds.amazonaws.com"}),
        ("CreateGrant", {"granteePrincipal": f"arn:aws:iam::{OWN}:role/reader"}),
        ("GetObject", {"bucketName": "b", "principal": OTHER}),
    ],
)
def test_calls_within_the_account_name_nobody(name: str, parameters: dict) -> None:
    assert delegates(name, parameters) == []


def test_a_role_is_assumed_by_an_account_or_by_its_own() -> None:
    role = {"roleArn": f"arn:aws:iam::{OWN}:role/partner", "externalId": "x"}
    assert delegates("AssumeRole", role, type="AWSAccount", accountId=OTHER) == [OTHER]
    assert delegates("AssumeRole", role, type="AssumedRole", accountId=OWN) == []
    assert delegates("AssumeRoleWithSAML", role, type="SAMLUser") == []


def test_a_key_without_a_name_is_made_for_its_caller() -> None:
    assert delegates("CreateAccessKey", {}, type="IAMUser", userName="erp") == ["user/erp"]
    assert delegates("CreateAccessKey", {}, type="Root") == ["user/Root"]


def test_all_but_somebody_are_everybody() -> None:
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}}
    assert delegates("PutBucketPolicy", {"bucketPolicy": {"Statement": statement}}) == ["*"]


def test_all_who_are_named_are_found_each_once() -> None:
    both = {"AWS": [OTHER, THIRD, f"arn:aws:iam::{OTHER}:root", OWN]}
    assert delegates("PutBucketPolicy", {"bucketPolicy": policy(both)}) == [OTHER, THIRD]


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '"' + "x" * 1_000_000 + '"', "\ud800"])
def test_a_policy_that_cannot_be_read_names_nobody(text: str) -> None:
    assert delegates("PutResourcePolicy", {"resourcePolicy": text}) == []


@given(
    st.sampled_from(
        ["PutBucketPolicy", "PutBucketAcl", "AddPermission", "ModifySnapshotAttribute",
         "ModifyDBSnapshotAttribute", "CreateGrant", "CreateAccessKey", "AssumeRole"]
    ),
    st.dictionaries(
        st.sampled_from(
            ["bucketPolicy", "x-amz-acl", "AccessControlPolicy", "principal", "valuesToAdd",
             "createVolumePermission", "granteePrincipal", "userName"]
        ),
        JSON,
    ),
    st.dictionaries(st.sampled_from(["accountId", "type", "userName"]), JSON),
)  # fmt: skip
def test_any_parameters_are_read(name: str, parameters: dict, identity: dict) -> None:
    assert all(isinstance(text, str) for text in delegates_of(name, parameters, identity, OWN))
