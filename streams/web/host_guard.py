"""Answers only under names that are ours."""

import re
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from streams.settings.settings import Settings

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PORT: Final = re.compile(r":[0-9]{0,5}$")


class HostGuard:
    """Refuses requests for another name than ours (DNS rebinding).

    A foreign page whose name points to this address may read whatever it is sent, and set any
    header, also the one in which a proxy names a person. Its requests carry its own name.

    Parameters
    ----------
    settings
        The sections web and links: without `web.allowed_hosts`, the name in
        `links.web_base_url` is ours. Loopback names always are.
    """

    def __init__(self, settings: Settings) -> None:
        names = settings.web.allowed_hosts or (urlsplit(settings.links.web_base_url).netloc,)
        # A base address may name a person and a password before its host.
        self._names = LOOPBACK_NAMES | {host_name(name.rpartition("@")[2]) for name in names}

    def accepts(self, request: web.Request) -> bool:
        """Whether every name that a request was sent to is ours."""
        # A proxy may replace the name by its own, and tell the browser's in a second header.
        told = ",".join(request.headers.getall("X-Forwarded-Host", [])).split(",")
        names = [request.host, *(name for name in told if name.strip())]
        return all(host_name(name) in self._names for name in names)


def host_name(host: str) -> str:
    """Return a host without its port, in the form in which hosts are compared.

    Examples
    --------
    >>> host_name("Watch.Example.:6066"), host_name("[::1]:6066"), host_name("[::1]")
    ('watch.example', '[::1]', '[::1]')
    """
    return _PORT.sub("", host.strip().lower()).rstrip(".")
