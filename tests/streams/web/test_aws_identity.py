import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.web.aws_identity import AwsIdentity, is_access_key


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        ("arn:aws:iam::123456789012:user/etl", "user", "etl"),
        ("arn:aws:iam::123456789012:user/a/b/jane@example.com", "user", "jane@example.com"),
        ("arn:aws-us-gov:iam::123456789012:role/-x", "role", "-x"),
        ("arn:aws-cn:iam::123456789012:root", "root", "root"),
    ],
)
def test_an_arn_names_a_user_a_role_or_root(arn: str, kind: str, name: str) -> None:
    identity = AwsIdentity.of(arn)
    assert identity is not None
    assert (identity.kind, identity.name, identity.account) == (kind, name, "123456789012")


@pytest.mark.parametrize(
    "text",
    [
        "app-1", "arn:aws:iam::12345:user/etl", "arn:aws:iam::123456789012:user/",
        "arn:aws:iam::123456789012:user/a b", "arn:aws:iam::123456789012:user/$(x)",
        "arn:aws:iam::123456789012:user/a\n", "arn:aws:iam::١٢٣٤٥٦٧٨٩٠١٢:user/a",
        "arn:aws:sts::123456789012:federated-user/a", "arn:aws:iam::123456789012:group/a",
    ],
)  # fmt: skip
def test_nothing_else_is_one(text: str) -> None:
    assert AwsIdentity.of(text) is None


@given(st.text(max_size=40))
def test_a_name_has_only_what_aws_allows(name: str) -> None:
    identity = AwsIdentity.of(f"arn:aws:iam::123456789012:role/{name}")
    if identity is not None:
        assert set(identity.name) <= set(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"
        )


def test_a_key_that_lives_on_is_told_from_a_session() -> None:
    assert is_access_key("AKIAIOSFODNN7EXAMPLE")
    assert not is_access_key("ASIAIOSFODNN7EXAMPLE")
    assert not is_access_key("AKIAIOSFODNN7EXAMPLE;x")


def test_a_role_that_aws_may_have_made_is_marked() -> None:
    for name, marked in (("AWSReservedSSO_Admin_1", True), ("etl", False)):
        identity = AwsIdentity.of(f"arn:aws:iam::123456789012:role/{name}")
        assert identity is not None
        assert identity.may_be_managed is marked
