"""Which dashboard shows an incident."""

from collections.abc import Mapping
from urllib.parse import quote_plus

from streams.presentation.alert_texts import FLEET_SURGE


def dashboard_url(labels: Mapping[str, str], base_url: str) -> str:
    """Return the address of the dashboard that shows an incident with these labels.

    Parameters
    ----------
    labels
        ``kind``, ``tenant`` and ``principal``.
    base_url
        The address before a dashboard's uid, such as ``http://127.0.0.1:3000/d/``.

    Examples
    --------
    >>> labels = {"kind": "canary", "tenant": "A1", "principal": "app 1"}
    >>> dashboard_url(labels, "http://g/d/")
    'http://g/d/sellerwatch-principal?var-tenant=A1&var-principal=app+1'
    >>> dashboard_url(labels | {"kind": "fleet_surge"}, "http://g/d/")
    'http://g/d/sellerwatch-soc'
    """
    if labels["kind"] == FLEET_SURGE:
        return f"{base_url}sellerwatch-soc"
    tenant, principal = quote_plus(labels["tenant"]), quote_plus(labels["principal"])
    return f"{base_url}sellerwatch-principal?var-tenant={tenant}&var-principal={principal}"
