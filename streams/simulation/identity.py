"""The identity of a caller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A caller, as the logs show it.

    Parameters
    ----------
    tenant
        Seller id, or the AWS account's number.
    principal
        User id, application id, or the ARN of a role; an AWS service's host name.
    application_id
        Application of the seller API; None in CloudTrail.
    user_id
        Person in the console; None for a machine.
    credentials
        Keys in use at the same time.
    grant
        ``lwa``, ``secret_key`` or ``session``.
    addresses
        Addresses that its calls come from.
    user_agent
        User agent as logged.
    marketplaces
        Marketplace ids that it reads.
    """

    tenant: str
    principal: str
    application_id: str | None
    user_id: str | None
    credentials: tuple[str, ...]
    grant: str
    addresses: tuple[str, ...]
    user_agent: str
    marketplaces: tuple[str, ...]
