"""Tests of recognising KMS echoes."""

from typing import Any

import pytest

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from streams.sources.flow.kms_echoes import KmsEchoes


def event(**changes: Any) -> AccessEvent:
    values = {
        "event_id": "1", "time": 1000.0, "tenant": "1", "principal": "p", "service": "s3",
        "operation": "GetObject", "outcome": Outcome.SUCCESS, "resource": "orders",
        "principal_kind": PrincipalKind.ROLE, "source_ip": "192.0.2.1",
    }  # fmt: skip
    return AccessEvent(**(values | changes))


def decrypt(**changes: Any) -> AccessEvent:
    return event(**({"service": "kms", "operation": "Decrypt", "source_ip": None} | changes))


@pytest.mark.parametrize(
    ("changes", "found"),
    [({}, True), ({"time": 1004.0}, True), ({"time": 1020.0}, False), ({"principal": "q"}, False),
     ({"resource": "suppliers"}, False), ({"resource": None}, True)],
)  # fmt: skip
def test_a_read_explains_the_decrypt_of_its_bucket(changes: dict[str, Any], found: bool) -> None:
    echoes = KmsEchoes()
    echoes.note(event())
    assert echoes.has_read(decrypt(**changes)) is found


def test_a_secret_explains_a_decrypt_under_any_name() -> None:
    echoes = KmsEchoes()
    echoes.note(event(service="secretsmanager", resource="prod/db"))
    assert echoes.has_read(decrypt(resource="arn:aws:secretsmanager:eu:1:secret:prod/db-x"))


def test_only_what_aws_asked_for_itself_may_be_an_echo() -> None:
    assert KmsEchoes.may_echo(decrypt())
    assert KmsEchoes.may_echo(decrypt(source_ip="s3.amazonaws.com"))
    assert not KmsEchoes.may_echo(decrypt(source_ip="192.0.2.1"))
    assert not KmsEchoes.may_echo(event())
