"""All incidents of one credential, told as one story."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from models.domain.data_class import DataClass
from models.incidents.feedback import Feedback
from models.incidents.incident import Incident
from streams.presentation.untrusted_text import sanitize_name
from streams.presentation.wording import count, duration, format_time, sequence
from streams.web.related_incidents import networks_of
from streams.web.story import story


@dataclass(frozen=True)
class Chapter:
    """One incident of the credential.

    Parameters
    ----------
    pause
        How long after the one before it opened; empty for the first.
    news
        What this one has that none before had: networks, principals, classes of data.
    """

    incident: Incident
    story: str
    verdict: Feedback | None
    pause: str
    news: tuple[str, ...]


@dataclass(frozen=True)
class CredentialStory:
    """The incidents of a credential from the first to the last, and their sum in sentences."""

    credential: str
    summary: tuple[str, ...]
    chapters: tuple[Chapter, ...]


def credential_story(
    credential: str,
    incidents: Iterable[Incident],
    verdict_of: Callable[[str], Feedback | None],
    kind_of: Callable[[str], str],
) -> CredentialStory:
    """Tell what a credential was part of, in the order in which it happened.

    Parameters
    ----------
    credential
        Its id, as incidents name it.
    incidents
        All that are known.
    verdict_of, kind_of
        Incident's id -> its verdict; principal -> its declared kind.
    """
    own = sorted(
        (one for one in incidents if credential in one.credential_ids),
        key=lambda one: (one.opened_at, one.incident_id),
    )
    pauses = [
        "",
        *(_pause(later.opened_at - earlier.opened_at) for earlier, later in pairwise(own)),
    ]
    known: set[str] = set()
    chapters: list[Chapter] = []
    for incident, pause in zip(own, pauses, strict=False):
        shown = _properties(incident)
        news = tuple(name for name in shown if name not in known) if chapters else ()
        known.update(shown)
        told = story(incident, kind_of(incident.principal))
        chapters.append(Chapter(incident, told, verdict_of(incident.incident_id), pause, news))
    return CredentialStory(credential, _summary(credential, chapters), tuple(chapters))


def _pause(span: timedelta) -> str:
    return f"{duration(span)} later" if span >= timedelta(minutes=1) else "at the same time"


def _properties(incident: Incident) -> tuple[str, ...]:
    classes = (name.value for name in incident.data_classes if name is not DataClass.NONE)
    return (
        *(f"network {name}" for name in networks_of(incident)),
        f"principal {sanitize_name(incident.principal, 60)}",
        *(f"{name} data" for name in classes),
    )


def _summary(credential: str, chapters: list[Chapter]) -> tuple[str, ...]:
    if not chapters:
        return ()
    own = [chapter.incident for chapter in chapters]
    first, last = own[0].exposure.since, max(one.updated_at for one in own)
    records = sum(one.exposure.records or 0 for one in own)
    calls = sum(one.exposure.calls for one in own)
    classes = sorted({name.value for one in own for name in one.data_classes} - {"none"})
    networks = sorted({name for one in own for name in networks_of(one)})
    pages = sum(one.page for one in own)
    verdicts = Counter(
        "without a verdict" if one.verdict is None else one.verdict.verdict.value
        for one in chapters
    )
    name = sanitize_name(credential, 60)
    times = "1 incident" if len(own) == 1 else f"{len(own)} incidents"
    paged = "none of them paged" if not pages else f"{pages} of them paged"
    return (
        f"{name} was part of {times} from {format_time(first)} to {format_time(last)}; {paged}.",
        f"These read {count(records)} records in {count(calls)} calls"
        + (f", of {sequence(classes)} data." if classes else "."),
        f"Seen from {sequence(networks[:5])}{_more(networks, 5)}."
        if networks
        else "No log says from where.",
        f"Verdicts: {', '.join(f'{n} {what}' for what, n in sorted(verdicts.items()))}.",
    )


def _more(names: list[str], shown: int) -> str:
    return f" and {len(names) - shown} more" if len(names) > shown else ""
