import urllib.request
from urllib.error import HTTPError

import pytest
from real_parts import free_port

from models.errors import InputError
from streams.doctor.http_server import HttpServer
from streams.doctor.page_listener import PageListener


def test_a_page_that_arrives_is_known_by_its_incident() -> None:
    port = free_port()
    with PageListener(f"127.0.0.1:{port}") as listener:
        server = HttpServer("the listener", f"http://127.0.0.1:{port}")
        server.post("/", {"alerts": [{"labels": {"incident_id": "test-1"}}, 7, {"labels": None}]})
        server.post("/", [1])
        assert listener.has_got("test-1")
        assert not listener.has_got("test-2")


def test_what_is_no_page_is_refused_and_the_next_is_heard() -> None:
    port = free_port()
    with PageListener(f"127.0.0.1:{port}") as listener:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(HTTPError, match="400") as caught:
            urllib.request.urlopen(urllib.request.Request(url, b"{"), timeout=5)
        caught.value.close()
        HttpServer("the listener", url).post("/", {"alerts": [{"labels": {"incident_id": "t"}}]})
        assert listener.has_got("t")


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "192.0.2.1:80"]
)
def test_an_address_where_nobody_can_listen_is_one_line(address: str) -> None:
    with pytest.raises(InputError, match="name a free address"):
        PageListener(address)
