"""Who made a call that CloudTrail recorded."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from models.access_event import PrincipalKind
from streams.sources.values import as_text

_ASSUMED: Final = re.compile(r"arn:(aws[a-z-]*):sts::(\d*):assumed-role/([^/]+)")
_ROLE: Final = re.compile(r"arn:(aws[a-z-]*):iam::(\d*):role/(?:.*/)?([^/]+)")
_ACCOUNT: Final = re.compile(r"arn:aws[a-z-]*:[a-z]+::(\d{12}):")
_SERVICE_ROLE: Final = "AWSServiceRoleFor"
_KINDS: Final = {
    "AssumedRole": PrincipalKind.ROLE,
    "Role": PrincipalKind.ROLE,
    "Root": PrincipalKind.ROOT,
    "AWSService": PrincipalKind.SERVICE,
}


class Identity(NamedTuple):
    """A principal and its account; None where the record does not say."""

    principal: str | None
    kind: PrincipalKind
    account: str | None


def identity_of(identity: Mapping[str, Any]) -> Identity:
    """Return who a record's userIdentity is; a session collapses into its role.

    Examples
    --------
    >>> identity_of({"type": "AssumedRole",
    ...     "arn": "arn:aws:sts::111122223333:assumed-role/Reader/session"}).principal
    'arn:aws:iam::111122223333:role/Reader'
    >>> identity_of({"invokedBy": "ec2.amazonaws.com"}).kind
    <PrincipalKind.SERVICE: 'service'>
    """
    said = as_text(identity.get("type"))
    arn = as_text(identity.get("arn"), 1024)
    account = _account(identity, arn)
    if said == "AWSService" or (said is None and arn is None and identity.get("invokedBy")):
        return Identity(as_text(identity.get("invokedBy")), PrincipalKind.SERVICE, account)
    if account == "ANONYMOUS_PRINCIPAL" or identity.get("accountId") == "ANONYMOUS_PRINCIPAL":
        return Identity("anonymous", PrincipalKind.USER, None)
    if said == "Root":
        principal = arn or (f"arn:aws:iam::{account}:root" if account else None)
        return Identity(principal, PrincipalKind.ROOT, account)
    role = _role(identity, arn)
    if role is not None and said != "FederatedUser":
        linked = role.rpartition("/")[2].startswith(_SERVICE_ROLE)
        kind = PrincipalKind.SERVICE if linked else PrincipalKind.ROLE
        return Identity(role, kind, account)
    return Identity(
        arn or _named(identity, account), _KINDS.get(said or "", PrincipalKind.USER), account
    )


def _role(identity: Mapping[str, Any], arn: str | None) -> str | None:
    context = identity.get("sessionContext")
    issuer = context.get("sessionIssuer") if isinstance(context, Mapping) else None
    issued = as_text(issuer.get("arn"), 1024) if isinstance(issuer, Mapping) else None
    for text in (issued, arn):
        match = text and (_ROLE.match(text) or _ASSUMED.match(text))
        if match:
            return f"arn:{match[1]}:iam::{match[2]}:role/{match[3]}"
    return None


def _named(identity: Mapping[str, Any], account: str | None) -> str | None:
    user = as_text(identity.get("userName"))
    if user is not None:
        return f"arn:aws:iam::{account}:user/{user}" if account else user
    principal = as_text(identity.get("principalId"))
    if principal is not None:
        return principal.partition(":")[0] or None
    return account


def _account(identity: Mapping[str, Any], arn: str | None) -> str | None:
    account = as_text(identity.get("accountId"), 32)
    if account is not None:
        return account
    match = arn and _ACCOUNT.match(arn)
    return match[1] if match else None
