import pytest
from web_site import Site

from streams.settings.sections import LinkSettings, WebSettings
from streams.settings.settings import Settings

HEADER = "X-Forwarded-User"


def site(*hosts: str, base: str = "https://watch.example/") -> Site:
    web = WebSettings(proxy_user_header=HEADER, allowed_hosts=hosts)
    return Site(Settings(web=web, links=LinkSettings(web_base_url=base)))


@pytest.mark.parametrize(
    ("hosts", "asked", "status"),
    [
        ((), "watch.example", 200),
        ((), "other.example", 403),
        (("other.example",), "other.example:8443", 200),
        (("other.example",), "watch.example", 403),
        (("[2001:db8::1]",), "[2001:db8::1]:6066", 200),
        (("other.example",), "[::1]:6066", 200),
    ],
)
def test_the_settings_name_who_we_are(hosts: tuple[str, ...], asked: str, status: int) -> None:
    found, text = site(*hosts).get("/incidents", **{HEADER: "alice", "Host": asked})
    assert found == status
    assert status == 200 or "web.allowed_hosts" in text


def test_a_base_address_with_a_port_and_a_person_names_its_host() -> None:
    asked = {HEADER: "alice", "Host": "watch.example:1"}
    assert site(base="https://me@watch.example:8443").get("/incidents", **asked)[0] == 200
