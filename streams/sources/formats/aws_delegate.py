"""Names who is given access by an AWS call: other accounts, everybody, users with new keys."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final

import msgspec

from streams.sources.formats.fields import Record

EVERYBODY: Final = "*"

# AWS takes policies of 32 kB at most, white space aside.
_LARGEST_POLICY: Final = 131_072
_MOST_NAMES: Final = 4_096
_LONGEST_NAME: Final = 2_048
_ACCOUNT: Final = re.compile(r"[0-9]{12}", re.ASCII)
# Hosts of AWS services, such as those in permissions of functions.
_SERVICE: Final = re.compile(r"[a-z0-9.\-]+\.amazonaws\.com(?:\.cn)?", re.ASCII)
_ACCOUNT_PLACE: Final = 4
_PUBLIC: Final = ("public-read", "public-read-write", "authenticated-read")
_GROUPS: Final = ("global/allusers", "global/authenticatedusers")
_ACL_GRANT: Final = re.compile(r'(id|uri|emailaddress)\s*=\s*"?([^",]+)"?', re.IGNORECASE)
_ACL_HEADERS: Final = tuple(
    f"x-amz-grant-{right}" for right in ("full-control", "read", "write", "read-acp", "write-acp")
)


def delegates_of(name: str, parameters: Record, identity: Record, tenant: str) -> list[str]:
    """Return who is given access by a call and is not of the tenant's account, each once.

    They are numbers of accounts, ``*`` for everybody, ``user/`` and the name of a user who gets a
    key or password, or another text of the request, which may be personal: clean them.
    Conditions of a policy are not weighed.

    Parameters
    ----------
    name
        CloudTrail's ``eventName``.
    parameters
        Its ``requestParameters``.
    identity
        Its ``userIdentity``.
    tenant
        Number of the account whose log it is.

    Examples
    --------
    >>> volume = {"createVolumePermission": {"add": {"items": [{"userId": "444455556666"}]}}}
    >>> delegates_of("ModifySnapshotAttribute", volume, {}, "111122223333")
    ['444455556666']
    >>> delegates_of("AssumeRole", {}, {"accountId": "111122223333"}, "111122223333")
    []
    """
    if name.startswith("AssumeRole"):
        found: Iterator[str] = _texts(identity.get("accountId"))
    elif name in _USER_CALLS:
        return list(_user(_folded(parameters), identity))
    else:
        # The name of a function's permission ends in a version of its API.
        find = _FINDERS.get("AddPermission" if name.startswith("AddPermission") else name)
        if find is None:
            return []
        found = find(_folded(parameters))
    parties = (_party(text) for text in islice(found, _MOST_NAMES))
    return list(dict.fromkeys(p for p in parties if p is not None and p != tenant))


def _party(text: str) -> str | None:
    """Return the account of a principal, or the principal; None for a service of AWS."""
    if text in {EVERYBODY, "all"}:
        return EVERYBODY
    if text.startswith("arn:"):
        parts = text.split(":", _ACCOUNT_PLACE + 1)
        account = parts[_ACCOUNT_PLACE] if len(parts) > _ACCOUNT_PLACE else ""
        return account if _ACCOUNT.fullmatch(account) else text
    return None if _SERVICE.fullmatch(text) else text


def _of_policy(*names: str) -> Callable[[Record], Iterator[str]]:
    def find(parameters: Record) -> Iterator[str]:
        for name in names:
            yield from _granted(parameters.get(name))

    return find


def _granted(policy: object) -> Iterator[str]:
    """Yield the principals that a policy allows anything, read from text or as it is."""
    if isinstance(policy, str):
        policy = _decoded(policy)
    for statement in _list(_mapping(policy).get("statement")):
        allowed = _mapping(statement)
        if allowed.get("effect") != "Allow":
            continue
        if "notprincipal" in allowed:
            yield EVERYBODY
        principal = allowed.get("principal")
        if isinstance(principal, str):
            yield from _texts(principal)
            continue
        parties = _mapping(principal)
        for kind in ("aws", "canonicaluser"):
            yield from _texts(parties.get(kind))


def _decoded(policy: str) -> object:
    if len(policy) > _LARGEST_POLICY:
        return None
    try:
        return msgspec.json.decode(policy.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _of_acl(parameters: Record) -> Iterator[str]:
    for text in _texts(parameters.get("x-amz-acl")):
        if text.lower() in _PUBLIC:
            yield EVERYBODY
    listed = _mapping(parameters.get("accesscontrollist"))
    for name in _ACL_HEADERS:
        for place in (parameters, listed):
            for text in _texts(place.get(name)):
                for kind, value in _ACL_GRANT.findall(text):
                    yield from _grantee({kind.lower(): value}, None)
    policy = _mapping(parameters.get("accesscontrolpolicy"))
    owner = _mapping(policy.get("owner")).get("id")
    for grant in _list(_mapping(policy.get("accesscontrollist")).get("grant")):
        yield from _grantee(_mapping(_mapping(grant).get("grantee")), owner)


def _grantee(grantee: Record, owner: object) -> Iterator[str]:
    for uri in _texts(grantee.get("uri")):
        if uri.lower().endswith(_GROUPS):
            yield EVERYBODY
    for name in ("id", "emailaddress"):
        if grantee.get(name) != owner:
            yield from _texts(grantee.get(name))


def _of_permission(parameters: Record) -> Iterator[str]:
    for name in ("principal", "awsaccountids", "awsaccountid"):
        yield from _texts(parameters.get(name))


def _of_attribute(parameters: Record) -> Iterator[str]:
    for name in ("createvolumepermission", "launchpermission"):
        added = _mapping(_mapping(parameters.get(name)).get("add"))
        for item in _list(added.get("items")):
            for value in _mapping(item).values():
                yield from _texts(value)


def _of_values(parameters: Record) -> Iterator[str]:
    yield from _texts(parameters.get("valuestoadd"))


def _of_grant(parameters: Record) -> Iterator[str]:
    yield from _texts(parameters.get("granteeprincipal"))


def _user(parameters: Record, identity: Record) -> Iterator[str]:
    """Yield the user that a key or password is made for: the caller, if none is named."""
    for value in (parameters.get("username"), identity.get("userName"), identity.get("type")):
        for text in _texts(value):
            yield f"user/{text}"
            return


def _texts(value: object) -> Iterator[str]:
    for text in _list(value):
        if isinstance(text, str) and text:
            yield text[:_LONGEST_NAME]


def _list(value: object) -> list[object]:
    return value[:_MOST_NAMES] if isinstance(value, list) else [value]


def _mapping(value: object) -> Record:
    return _folded(value) if isinstance(value, dict) else {}


def _folded(mapping: Record) -> Record:
    """Lower the names of an object: logs and policies spell them in several ways."""
    return {
        name.lower(): value
        for name, value in islice(mapping.items(), _MOST_NAMES)
        if isinstance(name, str)
    }


_USER_CALLS: Final = frozenset({"CreateAccessKey", "CreateLoginProfile"})
_FINDERS: Final[Mapping[str, Callable[[Record], Iterator[str]]]] = {
    "AddPermission": _of_permission,
    "CreateGrant": _of_grant,
    "CreateRole": _of_policy("assumerolepolicydocument"),
    "ModifyDBClusterSnapshotAttribute": _of_values,
    "ModifyDBSnapshotAttribute": _of_values,
    "ModifyImageAttribute": _of_attribute,
    "ModifySnapshotAttribute": _of_attribute,
    "PutBucketAcl": _of_acl,
    "PutBucketPolicy": _of_policy("bucketpolicy", "policy"),
    "PutKeyPolicy": _of_policy("policy"),
    "PutResourcePolicy": _of_policy("policy", "policydocument", "policyinjson", "resourcepolicy"),
    "UpdateAssumeRolePolicy": _of_policy("policydocument"),
}
