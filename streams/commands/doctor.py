"""`sellerwatch doctor`: judge a seller's setup, with the line that mends each fault."""

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import Annotated, Final

import msgspec
import typer

from models.domain.access_event import AccessEvent
from models.errors import InputError, ServiceError
from streams.commands.byte_progress import byte_progress
from streams.commands.options import ConfigOption, FormatOption
from streams.doctor.alertmanager_checks import check_alertmanager
from streams.doctor.check import Check, State, exit_code
from streams.doctor.http_server import HttpServer
from streams.doctor.kafka_checks import check_kafka
from streams.doctor.log_checks import check_logs
from streams.doctor.log_survey import LogSurvey
from streams.doctor.page_listener import PageListener
from streams.doctor.page_trial import PageTrial, TestPage
from streams.doctor.principal_checks import check_principals
from streams.doctor.prometheus_checks import alertmanager_urls, check_prometheus
from streams.doctor.settings_checks import check_settings
from streams.doctor.worker_checks import check_worker
from streams.ingest.parser_factory import make_parser
from streams.kafka.clients import quiet_client_logs
from streams.presentation.untrusted_text import sanitize
from streams.settings.settings import Settings, load_settings
from streams.sources.files.read_events import find_files, read_events
from streams.sources.flow.tally import Tally
from streams.worker.detector_factory import DetectorFactory

_TOLD_CHARACTERS: Final = 800
_WORD_LETTERS: Final = "ACDEFHJKLMNPRTUVWXY"

PathsOption = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATH]...", help="Logs to look at: files or folders; - is stdin."),
]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Look at the logs and the settings only.")
]
PrometheusOption = Annotated[
    str | None, typer.Option("--prometheus", help="Address of Prometheus, http or https.")
]
AlertmanagerOption = Annotated[
    str | None,
    typer.Option(
        "--alertmanager",
        help="Address of Alertmanager; default: alerting.alertmanager_urls, or Prometheus's.",
    ),
]
TestPageOption = Annotated[
    bool, typer.Option("--test-page", help="Page whoever is on call, and see the page arrive.")
]
TenantOption = Annotated[
    str, typer.Option("--tenant", help="Tenant of the test page, which decides its route.")
]
ListenOption = Annotated[
    str | None,
    typer.Option("--listen", help="HOST:PORT to which a webhook of the page's receiver leads."),
]
WaitOption = Annotated[
    float,
    typer.Option("--wait-seconds", min=1, max=600, help="How long the test page may take."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def doctor(
    paths: PathsOption = None,
    *,
    offline: OfflineOption = False,
    prometheus: PrometheusOption = None,
    alertmanager: AlertmanagerOption = None,
    test_page: TestPageOption = False,
    tenant: TenantOption = "sellerwatch-test",
    listen: ListenOption = None,
    wait_seconds: WaitOption = 60.0,
    as_json: JsonOption = False,
    format_: FormatOption = "auto",
    config: ConfigOption = None,
) -> None:
    """Judge the logs, principals, keys, clocks, Kafka, alerts and pager; exit with 1 if one fails.

    Example: `sellerwatch doctor --offline logs/`
    """
    quiet_client_logs()
    settings = load_settings(config).for_a_person()
    scraper = None if prometheus is None else _server("Prometheus", prometheus)
    pagers = _pagers(settings, scraper, alertmanager)
    find_files(paths or [])
    checks: list[Check] = []

    def tell(found: Iterator[Check]) -> None:
        for check in found:
            checks.append(check)
            _print(check, as_json=as_json)

    tell(_seen(settings, paths or [], format_, offline=offline))
    if not offline:
        tell(check_worker(settings.worker))
        tell(_alerting(scraper, pagers))
        page = _page(tenant, settings.alerting.external_labels) if test_page else None
        tell(_trial(settings, pagers, page, listen, wait_seconds))
    if not as_json:
        _print_summary(checks)
    raise typer.Exit(exit_code(checks))


def _seen(settings: Settings, paths: Sequence[str], fmt: str, *, offline: bool) -> Iterator[Check]:
    """Judge settings, logs and topics; without paths, the logs are the newest events in Kafka."""
    factory = DetectorFactory.load(settings)
    yield from check_settings(settings, factory.settings, factory.profiles)
    survey, tally, place = LogSurvey(), Tally(), f"the topic {settings.topics.events}"
    if paths:
        place = ", ".join(paths)
        _read(settings, paths, fmt, survey, tally)
    if not offline:
        yield from check_kafka(settings, LogSurvey() if paths else survey, time.time())
    if paths or survey.events:
        yield from check_logs(survey, tally, place, time.time())
        yield from check_principals(survey, factory.profiles)
    elif offline:
        yield Check(
            "logs", State.BROKEN, "no log was named", ("sellerwatch doctor --offline LOGS",)
        )


def _read(
    settings: Settings, paths: Sequence[str], fmt: str, survey: LogSurvey, tally: Tally
) -> None:
    parser = make_parser(settings, fmt)
    with byte_progress(paths, "reading") as on_bytes:
        for item in read_events(
            paths,
            parser,
            disorder_seconds=settings.sources.disorder_seconds,
            on_bytes=on_bytes,
        ):
            tally.count(item)
            if isinstance(item, AccessEvent):
                survey.add(item)


def _alerting(scraper: HttpServer | None, pagers: Sequence[HttpServer]) -> Iterator[Check]:
    if scraper is None:
        cure = "sellerwatch doctor --prometheus http://HOST:9090"
        yield Check("prometheus", State.UNCHECKED, "rules and targets of Prometheus", (cure,))
    else:
        yield from check_prometheus(scraper, time.time())
    if not pagers:
        cure = "sellerwatch doctor --alertmanager http://HOST:9093"
        yield Check("alertmanager", State.UNCHECKED, "receivers of Alertmanager", (cure,))
    for pager in pagers:
        yield from check_alertmanager(pager, time.time())


def _trial(
    settings: Settings,
    pagers: Sequence[HttpServer],
    page: TestPage | None,
    listen: str | None,
    wait_seconds: float,
) -> Iterator[Check]:
    cures = ("sellerwatch doctor --test-page --alertmanager http://HOST:9093",)
    if page is None:
        told = "whether a page arrives; the test pages whoever is on call"
        yield Check("pager", State.UNCHECKED, told, cures)
        return
    if not pagers:
        told = "the test page was not sent: no Alertmanager is known"
        yield Check("pager", State.BROKEN, told, cures)
        return
    with ExitStack() as stack:
        listener = None if listen is None else stack.enter_context(PageListener(listen))
        links = settings.links
        trial = PageTrial(pagers[0], links, wait_seconds=wait_seconds, listener=listener)
        yield from trial.run(page)


def _pagers(
    settings: Settings, scraper: HttpServer | None, alertmanager: str | None
) -> list[HttpServer]:
    if alertmanager is not None:
        return [_server("Alertmanager", alertmanager)]
    urls: Sequence[str] = settings.alerting.alertmanager_urls
    if not urls and scraper is not None:
        # What is wrong with Prometheus, its own check tells.
        with suppress(ServiceError, KeyError, TypeError):
            urls = alertmanager_urls(scraper)
    return [_server("Alertmanager", url) for url in urls]


def _server(name: str, url: str) -> HttpServer:
    try:
        return HttpServer(name, url)
    except ServiceError as error:
        raise InputError(str(error)) from error


def _page(tenant: str, external_labels: dict[str, str]) -> TestPage:
    word = "".join(secrets.choice(_WORD_LETTERS) for _ in range(5))
    return TestPage(f"test-{secrets.token_hex(6)}", word, tenant, external_labels)


def _print(check: Check, *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(check))
        return
    marks = {State.OK: "ok", State.ADVICE: "advice", State.BROKEN: "BROKEN"}
    mark = marks.get(check.state, "not checked")
    typer.echo(f"{mark:12}{check.area:13}{sanitize(check.told, _TOLD_CHARACTERS)}")
    for cure in check.cures:
        typer.echo(f"{'':25}> {sanitize(cure, _TOLD_CHARACTERS)}")


def _print_summary(checks: Sequence[Check]) -> None:
    broken, advice, unchecked = (
        sum(check.state is state for check in checks)
        for state in (State.BROKEN, State.ADVICE, State.UNCHECKED)
    )
    typer.echo(f"\n{broken} broken, {advice} to improve, {unchecked} not checked")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)
