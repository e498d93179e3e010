from pathlib import Path

from aiohttp.test_utils import TestClient
from web_site import Site, token_settings


def test_a_form_after_the_sessions_end_leads_back_to_its_page(tmp_path: Path) -> None:
    async def talk(client: TestClient) -> None:
        answer = await client.post("/incidents/i-1/verdict", data={"verdict": "benign"})
        assert answer.url.query["next"] == "/incidents/i-1"

    Site(token_settings(tmp_path)).visit(talk)
