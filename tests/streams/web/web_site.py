"""The incident pages over a store, as a browser sees them, without a broker."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from models.incidents.feedback import Feedback
from streams.exposure.policy_controls import Facts
from streams.settings.sections import WebSettings
from streams.settings.settings import Settings
from streams.web.application import create_web_application
from streams.web.evidence_routes import MakeEvidence
from streams.web.exposure_routes import CountExposure
from streams.web.form_guard import FORM_FIELD
from streams.web.incident_store import IncidentStore
from streams.web.page_clock import PageClock

Talk = Callable[[TestClient], Awaitable[None]]
ALICE = "alice-token-0123456789"
NOW = 1_769_400_000.0


class Site:
    """The pages over a store, without a broker."""

    def __init__(
        self,
        settings: Settings | None = None,
        kept: int = 100,
        *,
        make_evidence: MakeEvidence | None = None,
        count_exposure: CountExposure | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.store = IncidentStore(kept)
        self.sent: list[Feedback] = []
        self.failure: Exception | None = None
        clock = PageClock(lambda: None, lambda: NOW)
        self.audited: list[tuple[bytes | None, dict[str, object]]] = []
        self.lost_audits = 0
        self._make = lambda: create_web_application(
            settings or Settings(),
            self.store,
            self.send,
            clock,
            {"app-1": "payment_processor"},
            send_audit=self.send_audit,
            count_audit_failure=self.lose_audit,
            make_evidence=make_evidence,
            count_exposure=count_exposure,
            facts=facts,
        )

    async def send_audit(self, key: bytes | None, value: bytes) -> None:
        if self.failure is not None:
            raise self.failure
        self.audited.append((key, json.loads(value)))

    def lose_audit(self) -> None:
        self.lost_audits += 1

    async def send(self, verdict: Feedback) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(verdict)

    def visit(self, talk: Talk) -> None:
        async def run() -> None:
            async with TestClient(TestServer(self._make())) as client:
                await talk(client)

        asyncio.run(run())

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        found: list[tuple[int, str]] = []

        async def talk(client: TestClient) -> None:
            answer = await client.get(path, headers=headers, allow_redirects=False)
            found.append((answer.status, await answer.text()))

        self.visit(talk)
        return found[0]


def token_settings(folder: Path, text: str = f"alice: {ALICE}\n", **web: object) -> Settings:
    path = folder / "tokens"
    path.write_text(text)
    return Settings(web=WebSettings(token_file=path, **web))


async def form_token(answer: ClientResponse) -> str:
    found = re.search(rf'name="{FORM_FIELD}" value="([^"]+)"', await answer.text())
    assert found is not None
    return found[1]
