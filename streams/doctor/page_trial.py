"""Sends a test page to Alertmanager and watches it arrive."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from prometheus_client.parser import text_string_to_metric_families

from models.errors import ServiceError
from streams.doctor.alertmanager_checks import receiver_integrations
from streams.doctor.check import Check, State
from streams.doctor.http_server import HttpServer
from streams.doctor.page_listener import PageListener
from streams.settings.sections import LinkSettings

_AREA: Final = "pager"
_ALERT: Final = "SellerwatchTestPage"
_LASTS: Final = timedelta(minutes=10)
_POLL_SECONDS: Final = 0.25
_SENT: Final = "alertmanager_notification_requests_total"
_FAILED: Final = "alertmanager_notification_requests_failed_total"


@dataclass(frozen=True)
class TestPage:
    """A page that says that nothing happened.

    Parameters
    ----------
    incident_id
        Unique, so that it is one page.
    word
        What the person who is paged reads back.
    tenant
        Whose route it takes.
    external_labels
        What Prometheus adds to every alert.
    """

    __test__ = False

    incident_id: str
    word: str
    tenant: str
    external_labels: dict[str, str]

    def alert(self, links: LinkSettings, starts: datetime, ends: datetime) -> dict[str, Any]:
        """Return it in the form that Alertmanager's v2 API accepts."""
        text = f"This is a test page of 'sellerwatch doctor', nothing happened. Word: {self.word}."
        return {
            "labels": self.external_labels
            | {
                "alertname": _ALERT, "severity": "critical", "detector": "sellerwatch",
                "tenant": self.tenant, "incident_id": self.incident_id,
                "principal": "test-page", "kind": "test_page",
            },
            "annotations": {
                "summary": f"TEST PAGE, nothing happened; the word is {self.word}",
                "description": text, "reason": text,
                "action": f"Tell whoever runs 'sellerwatch doctor' the word {self.word}.",
                "who": "nobody: a test page", "how_much": "nothing", "data_classes": "no",
                "since": f"{starts:%Y-%m-%d %H:%M} UTC", "source": "sellerwatch doctor",
                "credentials": "none", "notify_by": "no personal data, no known duty",
                "incident_severity": "informational",
                "incident_url": f"{links.runbooks}test_page",
                "dashboard_url": f"{links.dashboards}sellerwatch-pipeline",
                "runbook_url": f"{links.runbooks}test_page",
            },
            "startsAt": starts.isoformat(), "endsAt": ends.isoformat(),
        }  # fmt: skip


class PageTrial:
    """Sends a test page and says for each integration of its receivers whether it arrived.

    Alertmanager counts requests by kind of integration: a page that is sent at the same time
    counts, too. What the listener got is certain.

    Parameters
    ----------
    server
        The Alertmanager.
    links
        Where the links in the page lead.
    wait_seconds
        How long the page may take.
    listener
        The doctor's own receiver, if a webhook leads to it.
    clock
        The time now, UTC.
    """

    def __init__(
        self, server: HttpServer, links: LinkSettings, *, wait_seconds: float,
        listener: PageListener | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._server, self._links, self._clock = server, links, clock
        self._wait_seconds, self._listener = wait_seconds, listener

    def run(self, page: TestPage) -> Iterator[Check]:
        """Send a page, judge its arrival, and resolve it."""
        try:
            before, began = self._counts(), self._clock()
            self._server.post("/api/v2/alerts", [page.alert(self._links, began, began + _LASTS)])
            yield from self._arrival(page, before)
            ended = self._clock()
            self._server.post("/api/v2/alerts", [page.alert(self._links, began, ended)])
        except ServiceError as error:
            told, _, cure = str(error).rpartition(": ")
            yield Check(_AREA, State.BROKEN, told, (cure,))

    def _arrival(self, page: TestPage, before: Counter[tuple[str, str]]) -> Iterator[Check]:
        found = self._found(page)
        if found is None:
            told = "Alertmanager took the test page and does not show it"
            yield Check(_AREA, State.BROKEN, told, ("amtool alert query",))
            return
        if found["status"]["state"] == "suppressed":
            told = "a silence or an inhibition holds back the test page, and so would it a real one"
            yield Check(
                _AREA, State.BROKEN, told, ("amtool silence query", "amtool silence expire ID")
            )
            return
        names = [one["name"] for one in found["receivers"]]
        known = receiver_integrations(self._server)
        kinds = sorted({kind for name in names for kind in known.get(name, ())})
        if not kinds:
            told = f"the receiver of a page, {', '.join(names)}, notifies nobody"
            yield Check(_AREA, State.BROKEN, told, ("config/alertmanager/alertmanager.yml",))
            return
        yield from self._deliveries(page, kinds, before)

    def _deliveries(
        self, page: TestPage, kinds: list[str], before: Counter[tuple[str, str]]
    ) -> Iterator[Check]:
        deadline = time.monotonic() + self._wait_seconds
        while time.monotonic() < deadline:
            now = self._counts()
            arrived = self._listener is None or self._listener.has_got(page.incident_id)
            if arrived and all(_accepted(now, before, kind) for kind in kinds):
                break
            time.sleep(_POLL_SECONDS)
        now = self._counts()
        for kind in kinds:
            yield _delivery(kind, now, before, self._wait_seconds)
        if self._listener is not None:
            yield self._heard(page)
        told = f"whether a person heard it: whoever was paged can tell the word {page.word}"
        yield Check(_AREA, State.UNCHECKED, told)

    def _heard(self, page: TestPage) -> Check:
        assert self._listener is not None
        if self._listener.has_got(page.incident_id):
            return Check(_AREA, State.OK, "the test page itself arrived at --listen")
        told = f"the test page did not arrive at --listen within {self._wait_seconds:.0f} s"
        cure = "let a webhook of the receiver of pages lead to this address"
        return Check(_AREA, State.BROKEN, told, (cure,))

    def _found(self, page: TestPage) -> dict[str, Any] | None:
        """Look for the page; Alertmanager decides on silences a moment after it took it."""
        wanted = {"filter": f'incident_id="{page.incident_id}"'}
        found: dict[str, Any] | None = None
        for _ in range(int(5 / _POLL_SECONDS)):
            alerts = self._server.json("/api/v2/alerts", wanted)
            found = alerts[0] if alerts else None
            if found is not None and found["status"]["state"] != "unprocessed":
                break
            time.sleep(_POLL_SECONDS)
        return found

    def _counts(self) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        for family in text_string_to_metric_families(self._server.text("/metrics")):
            for sample in family.samples:
                if sample.name in (_SENT, _FAILED):
                    counts[sample.name, sample.labels["integration"]] += int(sample.value)
        return counts


def _accepted(now: Counter[tuple[str, str]], before: Counter[tuple[str, str]], kind: str) -> bool:
    sent, failed = _rises(now, before, kind)
    return sent > failed


def _rises(
    now: Counter[tuple[str, str]], before: Counter[tuple[str, str]], kind: str
) -> tuple[int, int]:
    return (
        now[_SENT, kind] - before[_SENT, kind],
        now[_FAILED, kind] - before[_FAILED, kind],
    )


def _delivery(
    kind: str, now: Counter[tuple[str, str]], before: Counter[tuple[str, str]], seconds: float
) -> Check:
    sent, failed = _rises(now, before, kind)
    if sent > failed:
        return Check(_AREA, State.OK, f"{kind} accepted the test page")
    if failed:
        told = f"{kind} refused the test page {failed} times within {seconds:.0f} s"
        cures = (
            f"Alertmanager's log names why: look for {kind}",
            "check its secret and its address",
        )
        return Check(_AREA, State.BROKEN, told, cures)
    told = f"{kind} was not sent the test page within {seconds:.0f} s"
    cure = "its route waits (group_wait): --wait-seconds 120"
    return Check(_AREA, State.BROKEN, told, (cure,))
