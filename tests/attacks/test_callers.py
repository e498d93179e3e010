"""The caller says who it is; only what somebody else has checked counts."""

import json
from typing import Any

import pytest
from account import KEY, Account

from models.domain.access_event import AccessEvent, PrincipalKind
from models.domain.dead_letter import DeadLetter
from streams.ingest.parser_factory import make_parser
from streams.settings.settings import Settings
from streams.sources.formats.access_log_table import load_tables

COMMON = {
    "nginx": {
        "time_iso8601": "2026-01-01T00:00:00Z", "request_id": "r-1", "remote_addr": "192.0.2.7",
        "request_method": "GET", "request_uri": "/orders/v0/orders", "status": "200",
        "body_bytes_sent": "90000", "http_user_agent": "Bot/1", "sent_http_x_records": "90",
    },
    "envoy": {
        "start_time": "2026-01-01T00:00:00Z", "request_id": "r-1", "method": "GET",
        "downstream_direct_remote_address_without_port": "192.0.2.7", "user_agent": "Bot/1",
        "path": "/orders/v0/orders", "response_code": 200, "bytes_sent": 90_000, "records": 90,
    },
    "api_gateway": {
        "requestTimeEpoch": "1767225600000", "extendedRequestId": "r-1", "requestId": "x",
        "ip": "192.0.2.7", "httpMethod": "GET", "path": "/prod/orders/v0/orders", "status": "200",
        "responseLength": "90000", "userAgent": "Bot/1", "records": "90",
    },
}  # fmt: skip
# What each proxy has checked itself.
CHECKED: dict[str, dict[str, Any]] = {
    "nginx": {
        "jwt_claim_seller_id": "A1", "jwt_claim_client_id": "app-1", "jwt_claim_key_id": "key-7",
    },
    "envoy": {"jwt_seller_id": "A1", "jwt_client_id": "app-1", "jwt_key_id": "key-7"},
    "api_gateway": {
        "authorizer": {"sellerId": "A1", "claims": {"client_id": "app-1"}, "credentialId": "key-7"},
    },
}  # fmt: skip
HEADERS = (
    "X-Application-Id", "X-Seller-Id", "X-Credential-Id", "X-User-Id", "X-Grant",
    "X-Marketplace-Id", "X-Records", "X-Report-Type", "X-Request-Id", "X-Forwarded-For",
    "X-Real-Ip", "Forwarded",
    "X-Original-Forwarded-For", "X-Envoy-Original-Path", "X-Envoy-External-Address",
    "X-Amzn-RequestId", "X-Original-URL", "X-HTTP-Method-Override", "True-Client-IP",
)  # fmt: skip
FORGED = "203.0.113.66"


def keys_of(header: str) -> list[str]:
    """Return the names under which the logs of proxies have a request's header."""
    snake = header.lower().replace("-", "_")
    words = snake.split("_")
    camel = words[0] + "".join(word.title() for word in words[1:])
    return [snake, f"http_{snake}", f"req_{snake}", header, header.lower(), camel]


def the_event(record: dict[str, Any]) -> AccessEvent:
    (event,) = make_parser(Settings(), "auto", KEY).parse(record, source="log", position="line 1")
    assert isinstance(event, AccessEvent), event
    return event


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("recipe", COMMON)
def test_a_forged_header_changes_nothing(recipe: str, header: str) -> None:
    honest = the_event(COMMON[recipe] | CHECKED[recipe])
    assert (honest.tenant, honest.principal, honest.credential_id) == ("A1", "app-1", "key-7")
    assert (honest.source_ip, honest.records, honest.operation) == ("192.0.2.7", 90, "getOrders")
    forged = {key: FORGED for key in keys_of(header)}
    assert the_event(forged | COMMON[recipe] | CHECKED[recipe]) == honest


@pytest.mark.parametrize("recipe", COMMON)
def test_headers_alone_name_nobody(recipe: str) -> None:
    forged = {key: FORGED for header in HEADERS for key in keys_of(header)}
    forged["remote_user"] = "admin"
    parser = make_parser(Settings(), "auto", KEY)
    (letter,) = parser.parse(forged | COMMON[recipe], source="log", position="line 1")
    assert isinstance(letter, DeadLetter)
    assert letter.reason.startswith("no principal")


def test_a_basic_user_that_nobody_has_checked_is_nobody() -> None:
    honest = COMMON["nginx"] | CHECKED["nginx"]
    assert the_event(honest | {"remote_user": "admin"}) == the_event(honest)


@pytest.mark.parametrize(
    "key", ["body", "Body", "message", "Message", "CloudTrailEvent", "data", "records", "detail"]
)
@pytest.mark.parametrize("recipe", COMMON)
def test_what_a_client_writes_into_a_logged_field_replaces_no_record(recipe: str, key: str) -> None:
    """A log may have the body of a request under a name that envelopes have, too."""
    honest = COMMON[recipe] | CHECKED[recipe]
    forged = {
        "time": "2026-01-01T00:00:00Z", "seller_id": "A1", "application_id": "another",
        "path": "/health", "status": 404,
    }  # fmt: skip
    for sent in (json.dumps(forged), "{}", "[]", '{"Records": []}', "{", [forged], [], forged):
        event = the_event({key: sent} | honest)
        assert (event.principal, event.operation, event.outcome) == (
            "app-1", "getOrders", "success",
        ), sent  # fmt: skip


@pytest.mark.parametrize("table", load_tables(), ids=lambda table: table.name)
def test_no_shipped_recipe_trusts_a_hop(table: Any) -> None:
    assert table.trusted_hops == 0
    assert "forwarded" not in str(table.fields.get("source_ip"))
    header = ("http_x_", "x_")
    assert not [key for keys in table.fields.values() for key in keys if key.startswith(header)]


TRAIL: dict[str, Any] = {
    "eventID": "e-1", "eventTime": "2026-01-01T00:00:00Z", "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject", "recipientAccountId": "111122223333", "eventType": "AwsApiCall",
    "requestParameters": {"bucketName": "customer-master"}, "sourceIPAddress": FORGED,
}  # fmt: skip


def session_of(role_path: str, *, name: str | None = None, **identity: Any) -> dict[str, Any]:
    name = role_path.rpartition("/")[2] if name is None else name
    return {
        "type": "AssumedRole", "accountId": "111122223333",
        "arn": f"arn:aws:sts::111122223333:assumed-role/{name}/s",
        "sessionContext": {
            "sessionIssuer": {"arn": f"arn:aws:iam::111122223333:role/{role_path}"}
        },
    } | identity  # fmt: skip


LINKED = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def test_a_true_service_linked_role_is_a_service() -> None:
    for path in (
        LINKED,
        "aws-service-role/member.org.stacksets.cloudformation.amazonaws.com/AWSServiceRoleForX",
        "aws-service-role/custom-resource.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_CustomResource",
    ):
        event = the_event(TRAIL | {"userIdentity": session_of(path)})
        assert event.principal_kind is PrincipalKind.SERVICE, path


@pytest.mark.parametrize(
    "identity",
    [
        session_of("AWSServiceRoleForBackupX"),
        session_of("x/AWSServiceRoleForBackupX"),
        session_of("service-role/AWSServiceRoleForBackupX"),
        session_of("x/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
        session_of("x:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
        session_of("aws-service-role/AWSServiceRoleForConfig"),
        session_of("aws-service-role/evil.example.com/AWSServiceRoleForConfig"),
        session_of("aws-service-role/evil.amazonaws.com.example.com/AWSServiceRoleForConfig"),
        session_of("aws-service-role/config.amazonaws.com/Mine"),
        session_of("Aws-Service-Role/config.amazonaws.com/AWSServiceRoleForConfig"),
        session_of(f"{LINKED}\n"),
        session_of(LINKED, name="mine"),
        session_of(LINKED, type="FederatedUser"),
        session_of(LINKED, arn="arn:aws:sts::999988887777:assumed-role/AWSServiceRoleForConfig/s"),
        session_of("AWSServiceRoleForConfig") | {"sessionContext": {}},
        session_of("AWSServiceRoleForConfig", invokedBy="config.amazonaws.com"),
    ],
)
def test_a_look_alike_of_a_service_linked_role_is_a_role(identity: dict[str, Any]) -> None:
    event = the_event(TRAIL | {"userIdentity": identity})
    assert event.principal_kind is PrincipalKind.ROLE


@pytest.mark.parametrize(
    "invoker",
    [
        "evil", "evil.example.com", "backup.amazonaws.com.example.com", "amazonaws.com",
        "backup.amazonaws.com/x", "Backup.amazonaws.com", "bucket.s3.amazonaws.com",
        "bucket.s3.eu-west-1.amazonaws.com", "ec2-192-0-2-1.compute-1.amazonaws.com",
        "x.eu-west-1.elb.amazonaws.com", "a1.execute-api.eu-west-1.amazonaws.com", "AWS Internal",
        "backup.amazonaws.com\n", "x backup.amazonaws.com", "bаckup.amazonaws.com",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["AWSService", None])
def test_only_a_host_of_aws_is_a_service(kind: str | None, invoker: str) -> None:
    identity = {"type": kind, "invokedBy": invoker}
    event = the_event(TRAIL | {"userIdentity": identity})
    assert event.principal_kind is PrincipalKind.APPLICATION


@pytest.mark.parametrize(
    "invoker",
    ["backup.amazonaws.com", "delivery.logs.amazonaws.com", "states.eu-west-1.amazonaws.com",
     "s3.amazonaws.com", "ec2.amazonaws.com.cn"],
)  # fmt: skip
def test_a_service_is_still_a_service(invoker: str) -> None:
    event = the_event(TRAIL | {"userIdentity": {"type": "AWSService", "invokedBy": invoker}})
    assert (event.principal, event.principal_kind) == (invoker, PrincipalKind.SERVICE)


@pytest.mark.parametrize(
    "identity",
    [
        {"type": "AWSAccount", "accountId": "999988887777", "principalId": "AIDAX"},
        {"type": "SAMLUser", "principalId": "x", "userName": "jane"},
        {"type": "WebIdentityUser", "userName": "jane"},
        {"type": "Root", "accountId": "111122223333"},
        {"type": "AWSService", "arn": "arn:aws:iam::111122223333:user/jane"},
        {"principalId": "AIDAX"},
        {"userName": "jane"},
    ],
)
def test_who_calls_through_a_service_is_no_service(identity: dict[str, Any]) -> None:
    event = the_event(TRAIL | {"userIdentity": identity | {"invokedBy": "athena.amazonaws.com"}})
    assert event.principal_kind is not PrincipalKind.SERVICE


@pytest.mark.parametrize("source", ["evil.example.com", "s3.amazonaws.com.evil.example", "evil"])
def test_an_event_of_a_service_is_written_by_a_host_of_aws(source: str) -> None:
    record = TRAIL | {"eventType": "AwsServiceEvent", "eventSource": source}
    assert the_event(record).principal_kind is PrincipalKind.APPLICATION
    record |= {"eventSource": "kms.amazonaws.com"}
    assert the_event(record).principal_kind is PrincipalKind.SERVICE


def test_a_service_event_with_a_caller_is_the_caller_s() -> None:
    identity = {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/jane"}
    record = TRAIL | {"eventType": "AwsServiceEvent", "userIdentity": identity}
    assert the_event(record).principal_kind is PrincipalKind.USER


@pytest.mark.parametrize("name", ["etl", "nightly-7", "root", "x/y", "jane@example.com"])
@pytest.mark.parametrize(
    ("issuer", "kind"), [("user/jane", PrincipalKind.USER), ("root", PrincipalKind.ROOT)]
)
def test_who_federates_under_a_name_of_its_own_choice_stays_who_it_is(
    name: str, issuer: str, kind: PrincipalKind
) -> None:
    """Whoever holds a user's key may call GetFederationToken with any name, again and again."""
    arn = f"arn:aws:iam::111122223333:{issuer}"
    identity = {
        "type": "FederatedUser", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE",
        "principalId": f"111122223333:{name}",
        "arn": f"arn:aws:sts::111122223333:federated-user/{name}",
        "sessionContext": {"sessionIssuer": {"type": "IAMUser", "arn": arn}},
    }  # fmt: skip
    event = the_event(TRAIL | {"userIdentity": identity})
    assert (event.principal, event.principal_kind) == (arn, kind)


def test_nobody_comes_as_the_person_whose_hash_the_alerts_show() -> None:
    def user(arn: str) -> str:
        return the_event(TRAIL | {"userIdentity": {"type": "IAMUser", "arn": arn}}).principal

    jane = user("arn:aws:iam::111122223333:user/jane@example.com")
    posing = user(jane)
    assert jane.startswith("arn:aws:iam::111122223333:user/mail-")
    assert posing != jane
    assert user(jane) == posing
    assert user(posing) not in (jane, posing)


def test_a_person_of_the_identity_center_is_told_apart() -> None:
    """Such records have no ARN; as dead letters they would hide what was read."""
    events = [
        the_event(
            TRAIL
            | {
                "userIdentity": {
                    "type": "IdentityCenterUser", "accountId": "111122223333",
                    "onBehalfOf": {"userId": name, "identityStoreArn": "arn:aws:identitystore::1"},
                }
            }
        )
        for name in ("9067aaaa-1", "9067aaaa-2")
    ]  # fmt: skip
    assert [event.principal for event in events] == ["9067aaaa-1", "9067aaaa-2"]
    assert {event.principal_kind for event in events} == {PrincipalKind.USER}


@pytest.mark.parametrize(
    "issuer",
    [
        None, "", "jane", "arn:aws:iam::999988887777:user/jane",
        "arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:user/",
    ],
)  # fmt: skip
def test_a_federated_user_whose_issuer_is_odd_is_itself(issuer: str | None) -> None:
    arn = "arn:aws:sts::111122223333:federated-user/etl"
    identity = {"type": "FederatedUser", "accountId": "111122223333", "arn": arn}
    identity["sessionContext"] = {"sessionIssuer": {"arn": issuer}}
    event = the_event(TRAIL | {"userIdentity": identity})
    assert (event.principal, event.principal_kind) == (arn, PrincipalKind.USER)


def test_a_thief_with_a_role_named_like_a_service_is_paged(
    account: Account, honest_pages: set[str]
) -> None:
    (thief,) = (one for one in account.attacks if one.kind == "stolen_role")
    role = thief.principal.rpartition("/")[2]
    named = repr_replaced(account.records, role, f"AWSServiceRoleFor{role}")
    found = account.detect(account.parse(named))
    principal = thief.principal.replace(role, f"AWSServiceRoleFor{role}")
    assert [one for one in found if one.principal == principal and one.paged_at is not None]
    assert honest_pages - {"stolen_role"} <= account.paged(found)


def repr_replaced(value: Any, old: str, new: str) -> Any:
    """Replace a text in all texts of records."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [repr_replaced(one, old, new) for one in value]
    if isinstance(value, dict):
        return {key: repr_replaced(one, old, new) for key, one in value.items()}
    return value
