import asyncio
import re

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from streams.web.runbooks import add_runbook_routes, render_runbook, runbook_names


async def get(path: str) -> tuple[int, str, str]:
    application = web.Application()
    add_runbook_routes(application)
    async with TestClient(TestServer(application)) as client:
        answer = await client.get(path)
        policy = answer.headers.get("Content-Security-Policy", "")
        return answer.status, await answer.text(), policy


def test_a_runbook_is_a_page_of_its_own() -> None:
    status, page, policy = asyncio.run(get("/runbooks/bulk_read"))
    assert status == 200
    assert "<h1>SellerDataBulkRead</h1>" in page
    assert policy.startswith("default-src 'none'")


def test_links_between_the_files_work_with_their_ending() -> None:
    assert asyncio.run(get("/runbooks/bulk_read.md"))[0] == 200


def test_all_are_listed() -> None:
    status, page, _ = asyncio.run(get("/runbooks/"))
    assert status == 200
    assert all(f'href="{name}"' in page for name in runbook_names())


def test_nothing_else_is_served() -> None:
    for path in ("/runbooks/absent", "/runbooks/..%2F..%2Fpyproject", "/runbooks/.hidden"):
        assert asyncio.run(get(path))[0] == 404, path
    assert render_runbook("../architecture") is None


def test_a_link_into_a_section_finds_it() -> None:
    pages = {name: render_runbook(name) or "" for name in runbook_names()}
    found = [
        (target, anchor)
        for page in pages.values()
        for target, anchor in re.findall(r'href="(\w+)\.md#([\w-]+)"', page)
    ]
    assert found
    for target, anchor in found:
        assert f'id="{anchor}"' in pages[target], (target, anchor)
