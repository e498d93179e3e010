"""Decodes incidents from their topic."""

import msgspec

from models.domain.misfit import misfit
from models.errors import WireFormatError
from models.incidents.incident import Incident


def decode_incident(value: bytes) -> Incident:
    """Decode the value of one message.

    Raises
    ------
    WireFormatError
        If it is not an incident.

    Examples
    --------
    >>> decode_incident(b"{}")
    Traceback (most recent call last):
    ...
    models.errors.WireFormatError: not an incident: Object missing required field `incident_id`
    """
    try:
        return msgspec.json.decode(value, type=Incident)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"not an incident: {misfit(error)}"
        raise WireFormatError(message) from error
