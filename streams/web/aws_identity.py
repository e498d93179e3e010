"""Whom an ARN of IAM names, if a command may name them."""

import re
from dataclasses import dataclass
from typing import Final, Self

# AWS's own rules for names; nothing else can be a user or a role.
_ARN: Final = re.compile(
    r"arn:(aws(?:-[a-z]{2,6}){0,2}):iam::([0-9]{12}):"
    r"(?:(user|role)/(?:[\w+=,.@-]{1,128}/){0,16}([\w+=,.@-]{1,128})|(root))",
    re.ASCII,
)
_ACCESS_KEY: Final = re.compile(r"AKIA[A-Z0-9]{12,124}", re.ASCII)
_OF_AWS: Final = ("AWSReservedSSO_", "AWSServiceRoleFor")


@dataclass(frozen=True)
class AwsIdentity:
    """A user, a role or the root user of an AWS account.

    Parameters
    ----------
    partition, account
        Of the ARN: ``aws``, and twelve digits.
    kind
        ``user``, ``role`` or ``root``.
    name
        Without its path; ``root`` for the root user.

    Examples
    --------
    >>> AwsIdentity.of("arn:aws:iam::123456789012:role/team/exporter").name
    'exporter'
    >>> AwsIdentity.of("arn:aws:iam::123456789012:role/x;reboot") is None
    True
    """

    partition: str
    account: str
    kind: str
    name: str

    @classmethod
    def of(cls, principal: str) -> Self | None:
        """Read an ARN; None if it is none of a user, a role or root."""
        found = _ARN.fullmatch(principal)
        if found is None:
            return None
        partition, account, kind, name, root = found.groups()
        return cls(partition, account, kind or root, name or root)

    @property
    def may_be_managed(self) -> bool:
        """Whether AWS may have made the role, so that IAM refuses; a name proves nothing."""
        return self.kind == "role" and self.name.startswith(_OF_AWS)


def is_access_key(credential_id: str) -> bool:
    """Whether it is a key of AWS that lives until somebody makes it inactive.

    Examples
    --------
    >>> is_access_key("AKIAIOSFODNN7EXAMPLE"), is_access_key("ASIAIOSFODNN7EXAMPLE")
    (True, False)
    """
    return _ACCESS_KEY.fullmatch(credential_id) is not None
