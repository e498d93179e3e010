import json
import shlex
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import botocore.session
import msgspec
import pytest

from models.incidents.incident import Incident
from streams.web.response_commands import CommandStep, response_commands

WALL = datetime(2026, 1, 26, 3, 0, tzinfo=UTC)
USER = "arn:aws:iam::123456789012:user/erp/etl"
ROLE = "arn:aws:iam::123456789012:role/exporter"
KEY = "AKIAIOSFODNN7EXAMPLE"
PLACES = ("my-logs/AWSLogs/",)


def lines(steps: Iterable[CommandStep]) -> list[str]:
    return [line for step in steps for line in step.lines]


def aws_user(make_incident, **changes: object) -> Incident:
    values = {"tenant": "123456789012", "principal": USER, "credential_ids": (KEY,)}
    return make_incident(**(values | changes))


def test_a_users_key_is_made_inactive_and_the_user_frozen(make_incident) -> None:
    found = lines(response_commands(aws_user(make_incident), WALL))
    assert found[0].startswith("aws sts get-caller-identity")
    assert f"update-access-key --user-name=etl --access-key-id={KEY} --status=Inactive" in found[1]
    assert found[2] == "aws iam create-access-key --user-name=etl"
    assert "attach-user-policy --user-name=etl --policy-arn=arn:aws:iam::aws:policy/" in found[3]
    assert "2026-01-26T03:00:00Z" in found[4]
    assert found[5] == "sellerwatch evidence make i-1"
    assert f"AttributeKey=AccessKeyId,AttributeValue={KEY}" in found[6]
    assert "--start-time=2026-01-26T01:31:00Z --end-time=2026-01-26T04:12:00Z" in found[6]
    assert "sellerwatch verdict i-1 malicious" in found[-1]


def test_a_role_is_frozen_and_its_sessions_end(make_incident) -> None:
    incident = aws_user(make_incident, principal=ROLE, credential_ids=("ASIAEXAMPLE",))
    found = lines(response_commands(incident, WALL))
    assert not [line for line in found if "access-key" in line]
    policy = next(line for line in found if "put-role-policy" in line)
    document = shlex.split(policy)[-1].removeprefix("--policy-document=")
    condition = json.loads(document)["Statement"][0]["Condition"]
    assert condition == {"DateLessThan": {"aws:TokenIssueTime": "2026-01-26T03:00:00Z"}}


def test_the_buckets_of_the_settings_are_copied_from(make_incident) -> None:
    found = lines(response_commands(aws_user(make_incident), WALL, PLACES))
    copy = next(line for line in found if line.startswith("aws s3 cp"))
    assert "s3://my-logs/AWSLogs/ evidence-i-1/ --recursive" in copy
    assert "--include='*2026/01/26*'" in copy


def test_a_sellers_application_is_named_where_it_is_revoked(make_incident) -> None:
    steps = response_commands(make_incident(credential_ids=(KEY,)), WALL)
    assert "disable app-1" in steps[0].hint
    assert "A1" in steps[0].hint
    assert steps[1].lines == (f"aws iam get-access-key-last-used --access-key-id={KEY}",)


def test_nobody_is_told_to_freeze_another_account(make_incident) -> None:
    incident = aws_user(make_incident, tenant="999988887777")
    steps = response_commands(incident, WALL)
    assert "account 123456789012" in steps[0].hint
    assert not [line for line in lines(steps) if line.startswith("aws iam")]


def test_root_and_the_fleet_have_words_only(make_incident, fleet_incident: Incident) -> None:
    root = aws_user(make_incident, principal="arn:aws:iam::123456789012:root")
    assert not [line for line in lines(response_commands(root, WALL)) if "iam" in line]
    assert lines(response_commands(fleet_incident, WALL)) == []


NAMES = [
    "$(touch pwned)", "x;touch pwned", "x' ;touch pwned; '", "`touch pwned`", "a\nb", "a\u202eb",
    "-x", "--profile=evil", "file:///etc/passwd", "arn:aws:iam::123456789012:user/x;touch pwned",
    "arn:aws:iam::123456789012:user/--profile=evil", "arn:aws:iam::123456789012:role/$(x)",
    "<script>alert(1)</script>", "",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_thiefs_name_says_nothing_but_itself(make_incident, name: str) -> None:
    incident = make_incident(
        principal=name, tenant=name, credential_ids=(name, f"AKIA{name}", KEY), incident_id=name
    )
    for line in lines(response_commands(incident, WALL, (*PLACES, f"logs/{name}/"))):
        words = shlex.split(line)
        assert words[0] in {"aws", "sellerwatch"}
        assert line.isprintable()
        # Whatever a name holds stands inside one word, after the option that takes it.
        foreign = [word for word in words if word.startswith("--profile") or word == "touch"]
        assert foreign == []


@pytest.mark.parametrize(
    "at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)]
)
def test_a_forged_time_breaks_nothing(make_incident, at: datetime) -> None:
    exposure = msgspec.structs.replace(make_incident().exposure, since=at)
    incident = aws_user(make_incident, exposure=exposure, updated_at=at)
    assert lines(response_commands(incident, WALL, PLACES))


def test_a_long_incident_copies_a_week_at_most(make_incident) -> None:
    end = make_incident().exposure.since + timedelta(days=30)
    found = lines(response_commands(aws_user(make_incident, updated_at=end), WALL, PLACES))
    assert max(line.count("--include") for line in found) == 7


def test_awss_commands_exist_with_these_options(make_incident) -> None:
    session = botocore.session.get_session()
    roles = aws_user(make_incident, principal=ROLE)
    seller = make_incident(credential_ids=(KEY,))
    incidents = (aws_user(make_incident), roles, seller)
    for line in (one for i in incidents for one in lines(response_commands(i, WALL))):
        program, service, operation, *rest = shlex.split(line)
        if program != "aws":
            continue
        wire = "".join(word.capitalize() for word in operation.split("-"))
        shape = session.get_service_model(service).operation_model(wire).input_shape
        given = {word.partition("=")[0][2:].replace("-", "") for word in rest}
        members = {name.lower() for name in shape.members} | {"query", "output"}
        assert given <= members, line
        assert {name.lower() for name in shape.required_members} <= given, line
