import re

from aiohttp.test_utils import TestClient
from web_site import Site


def test_every_answer_is_locked_down(site: Site) -> None:
    async def talk(client: TestClient) -> None:
        for path in ("/incidents", "/incidents/i-1", "/incidents/none", "/api/incidents", "/login"):
            answer = await client.get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            text = await answer.text()
            assert "<script" not in text
            assert " style=" not in text
            sources = re.findall(r'(?:src|rel="stylesheet" href|rel="icon" href)="([^"]+)"', text)
            assert all(source.startswith("/static/") for source in sources)
        styles = await client.get("/static/sellerwatch.css")
        assert styles.status == 200
        assert "url(" not in await styles.text()
        assert (await client.get("/static/../pages.py")).status == 404

    site.visit(talk)
