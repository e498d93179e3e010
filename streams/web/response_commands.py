"""The runbooks' commands with an incident's own names in them, to be copied."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from models.incidents.incident import Incident
from streams.presentation.alert_texts import is_of_the_fleet
from streams.presentation.shell_text import shell_option, shell_word
from streams.presentation.untrusted_text import sanitize_name
from streams.presentation.wording import sequence
from streams.web.aws_identity import AwsIdentity, is_access_key

_NAME_CHARACTERS: Final = 120
_KEYS_TOLD: Final = 4
_PLACES_TOLD: Final = 3
_DAYS_TOLD: Final = 7
_AROUND: Final = timedelta(hours=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_LAST: Final = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
_UNSAFE: Final = (
    "Its name has characters that do not survive a clipboard: see the runbook, and type it."
)


@dataclass(frozen=True)
class CommandStep:
    """One thing to do: a title, what to know, and the lines to copy, if there is a command."""

    title: str
    hint: str
    lines: tuple[str, ...] = ()


def response_commands(
    incident: Incident, wall: datetime, s3_places: Sequence[str] = ()
) -> tuple[CommandStep, ...]:
    """Return what stops an incident's reader and keeps the evidence, in that order.

    Every name in a command was chosen by somebody else, perhaps by the thief. One that is not what
    its service allows as a name gets no command.

    Parameters
    ----------
    incident
        Whose principal and credentials are named.
    wall
        Now, UTC: sessions that began before end.
    s3_places
        Buckets and folders that hold the access logs.
    """
    if is_of_the_fleet(incident):
        return (
            CommandStep("Find the principals", "It covers many: open theirs on the dashboard."),
        )
    identity = AwsIdentity.of(incident.principal)
    stop = _seller(incident) if identity is None else _aws(incident, identity, wall)
    keep = (*_bundle(incident), *_preserve(incident, s3_places))
    return (*stop, *keep, *_verdict(incident))


def _aws(incident: Incident, identity: AwsIdentity, wall: datetime) -> tuple[CommandStep, ...]:
    if incident.tenant.isdigit() and identity.account != incident.tenant:
        hint = (
            f"It belongs to the account {identity.account}, where you can change nothing. Take its "
            "access back in your own policies: the bucket's, the key's, the role's trust."
        )
        return (CommandStep(f"Shut out {identity.name}", hint),)
    check = CommandStep(
        "Check that you are in its account",
        f"This must print {identity.account}.",
        ("aws sts get-caller-identity --query=Account --output=text",),
    )
    if identity.kind == "root":
        hint = (
            "No policy holds the root user: change its password, and delete its access keys there."
        )
        return check, CommandStep("Lock the root user", hint)
    steps = (_keys(incident, identity), _freeze(identity), _old_sessions(identity, wall))
    return check, *(step for step in steps if step is not None)


def _keys(incident: Incident, identity: AwsIdentity) -> CommandStep | None:
    keys = [key for key in incident.credential_ids if is_access_key(key)][:_KEYS_TOLD]
    if identity.kind != "user" or not keys:
        return None
    user = shell_option("--user-name", identity.name)
    lines = [
        f"aws iam update-access-key {user} {shell_option('--access-key-id', key)} --status=Inactive"
        for key in keys
    ]
    hint = "Inactive, not deleted: it is evidence. The last line makes the new key for its owner."
    return CommandStep("Rotate the key", hint, (*lines, f"aws iam create-access-key {user}"))


def _freeze(identity: AwsIdentity) -> CommandStep:
    who = shell_option(f"--{identity.kind}-name", identity.name)
    policy = shell_option("--policy-arn", f"arn:{identity.partition}:iam::aws:policy/AWSDenyAll")
    hint = "It denies everything to whoever uses it, honest jobs too."
    if identity.may_be_managed:
        hint += " If IAM refuses, AWS manages it: disable the user in IAM Identity Center."
    line = f"aws iam attach-{identity.kind}-policy {who} {policy}"
    return CommandStep(f"Freeze the {identity.kind}", hint, (line,))


def _old_sessions(identity: AwsIdentity, wall: datetime) -> CommandStep:
    condition = {"DateLessThan": {"aws:TokenIssueTime": _time(wall)}}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    who = shell_option(f"--{identity.kind}-name", identity.name)
    policy = shell_option("--policy-document", document)
    line = f"aws iam put-{identity.kind}-policy {who} --policy-name=revoke-older-sessions {policy}"
    hint = "Sessions from before this page was opened end; reload it for a later time."
    return CommandStep("End its sessions", hint, (line,))


def _seller(incident: Incident) -> tuple[CommandStep, ...]:
    name = sanitize_name(incident.principal, _NAME_CHARACTERS)
    seller = sanitize_name(incident.tenant, _NAME_CHARACTERS)
    keys = [sanitize_name(key, _NAME_CHARACTERS) for key in incident.credential_ids[:_KEYS_TOLD]]
    used = f" It used {sequence(keys)}." if keys else ""
    revoke = (
        f"In Seller Central of {seller} open Apps and Services, Manage Your Apps, and disable "
        f"{name}; if it is a person: Settings, User Permissions.{used} Sellers have no API for "
        "this. Access tokens live for up to an hour more."
    )
    own = (
        "If the application is your own: Developer Central, View next to the application, Rotate "
        "secret."
    )
    found = [key for key in incident.credential_ids if is_access_key(key)][:_KEYS_TOLD]
    options = [shell_option("--access-key-id", key) for key in found]
    lines = tuple(f"aws iam get-access-key-last-used {option}" for option in options if option)
    if lines:
        own += " This names the user of a key that is one of your AWS account:"
    return CommandStep("Revoke the grant", revoke), CommandStep("Rotate the secret", own, lines)


def _bundle(incident: Incident) -> tuple[CommandStep, ...]:
    word = shell_word(incident.incident_id)
    if word is None:
        return ()
    hint = "Also a button of this page. Take it soon: topics forget."
    return (CommandStep("Take the evidence", hint, (f"sellerwatch evidence make {word}",)),)


def _preserve(incident: Incident, s3_places: Sequence[str]) -> tuple[CommandStep, ...]:
    # A forged incident may lie at either end of time.
    begin = max(incident.exposure.since, _FIRST + _AROUND) - _AROUND
    end = min(incident.updated_at, _LAST - _AROUND) + _AROUND
    keys = [key for key in incident.credential_ids if key.startswith(("AKIA", "ASIA"))]
    options = [
        shell_option("--lookup-attributes", f"AttributeKey=AccessKeyId,AttributeValue={key}")
        for key in keys[:_KEYS_TOLD]
        if key.isalnum() and key.isascii()
    ]
    span = f"--start-time={_time(begin)} --end-time={_time(end)}"
    lines = [f"aws cloudtrail lookup-events {one} {span}" for one in options if one is not None]
    hint = f"Copy the access logs from {_time(begin)} to {_time(end)} before they expire."
    if lines:
        hint += " CloudTrail's history holds 90 days of management events, no reads of objects."
    lines += _copies(incident, s3_places, begin, end)
    return (CommandStep("Preserve the logs", hint, tuple(lines)),)


def _copies(
    incident: Incident, s3_places: Sequence[str], begin: datetime, end: datetime
) -> list[str]:
    days = (end.date() - begin.date()).days + 1
    numbers = range(max(1, min(days, _DAYS_TOLD)))
    dates = [begin.date() + timedelta(days=number) for number in numbers]
    wanted = " ".join(f"--include='*{day:%Y/%m/%d}*'" for day in dates)
    folder = shell_word(f"evidence-{incident.incident_id}/")
    sources = [shell_word(f"s3://{place}") for place in s3_places[:_PLACES_TOLD]]
    if folder is None:
        return []
    return [
        f"aws s3 cp {source} {folder} --recursive --exclude='*' {wanted}"
        for source in sources
        if source is not None
    ]


def _verdict(incident: Incident) -> tuple[CommandStep, ...]:
    word = shell_word(incident.incident_id)
    if word is None:
        return (CommandStep("Give a verdict", _UNSAFE),)
    line = f'sellerwatch verdict {word} malicious --note="key revoked, provider told"'
    return (CommandStep("Give a verdict", "Here or on this page.", (line,)),)


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
