"""Judges logs: which there are, what they do not tell, and whether their clock is right."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from models.domain.data_class import DataClass
from models.domain.time_units import DAY_SECONDS, HOUR_SECONDS
from streams.doctor.check import Check, State
from streams.doctor.log_survey import LogSurvey
from streams.presentation.wording import percent
from streams.sources.flow.tally import Tally

_AREA: Final = "logs"
_OLD_SECONDS: Final = DAY_SECONDS
_FUTURE_SECONDS: Final = 300.0
_BAD_SHARE: Final = 0.01
_MOSTLY: Final = 0.5
_EXPECTED: Final = tuple(
    one for one in DataClass if one.is_sensitive and one is not DataClass.UNCLASSIFIED
)
_FIELDS: Final = {
    "records": "how much was read (records or record_ids)",
    "credential_id": "which key was used (credential_id)",
    "grant": "whether a key is raw (grant)",
    "credential_age_days": "how old a key is (credential_issued_at)",
    "source_ip": "from where (source_ip)",
}


def check_logs(survey: LogSurvey, tally: Tally, place: str, now_seconds: float) -> Iterator[Check]:
    """Judge what was read from a place, such as the paths that the user named."""
    if not survey.events:
        told = f"no event in {place}"
        cures = ("sellerwatch detect LOGS --incidents incidents.ndjson  # see docs/sources",)
        yield Check(_AREA, State.BROKEN, told, cures)
        return
    yield Check(_AREA, State.OK, f"{survey.events:,} events of {place}")
    yield from _readable(tally)
    yield from _kinds(survey)
    yield from _classes(survey, place)
    yield from _fields(survey)
    yield _clock(survey, now_seconds)


def _readable(tally: Tally) -> Iterator[Check]:
    share = tally.dead_letters / max(1, tally.total)
    if not tally.dead_letters:
        return
    state = State.BROKEN if share > _BAD_SHARE else State.ADVICE
    told = f"{tally.dead_letters:,} records ({percent(share)}) cannot be read"
    cure = "sellerwatch detect LOGS --incidents /dev/null --dead-letters bad.ndjson"
    yield Check(_AREA, state, told, (f"{cure}  # the reason of each is in bad.ndjson",))


def _kinds(survey: LogSurvey) -> Iterator[Check]:
    if survey.marketplace_events:
        told = f"the seller API's access log: {survey.marketplace_events:,} events"
        yield Check(_AREA, State.OK, told)
    else:
        told = "no access log of the seller API: nobody sees what third parties read there"
        yield Check(
            _AREA, State.ADVICE, told, ("docs/sources/seller_api.md, docs/sources/envoy.md",)
        )
    if not survey.account_events:
        told = "no CloudTrail: reads of buckets, tables and secrets in AWS are unseen"
        yield Check(_AREA, State.ADVICE, told, ("docs/sources/cloudtrail.md",))
    elif not survey.data_events:
        told = "CloudTrail has no data events: nobody sees who reads objects and items"
        cure = (
            "aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors "
            '\'[{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, '
            '{"Field": "resources.type", "Equals": ["AWS::S3::Object"]}]}]\''
        )
        yield Check(_AREA, State.ADVICE, told, (cure,))
    else:
        told = f"CloudTrail: {survey.account_events:,} events, {survey.data_events:,} of data"
        yield Check(_AREA, State.OK, told)


def _classes(survey: LogSurvey, place: str) -> Iterator[Check]:
    unseen = [one.value for one in _EXPECTED if not survey.classes[one]]
    if unseen:
        told = f"no read of {', '.join(unseen)} data: nobody reads it, or no log of yours shows it"
        cure = "name its buckets, tables or paths in a file of catalogue.resource_files"
        yield Check("classes", State.ADVICE, told, (cure, "docs/catalogue.md"))
    else:
        yield Check("classes", State.OK, "reads of every sensitive class are seen")
    unclassified = survey.classes[DataClass.UNCLASSIFIED]
    if unclassified:
        share = percent(unclassified / max(1, survey.sensitive_reads))
        told = f"{unclassified:,} reads ({share} of the sensitive ones) are of unclassified data"
        cure = "sellerwatch catalogue unclassified LOGS  # prints the lines for your resource file"
        yield Check("classes", State.ADVICE, told, (cure,))


def _fields(survey: LogSurvey) -> Iterator[Check]:
    if not survey.sensitive_reads:
        return
    for name, meaning in _FIELDS.items():
        share = survey.known[name] / survey.sensitive_reads
        if share < _MOSTLY:
            told = f"{percent(1 - share)} of the sensitive reads do not tell {meaning}"
            cure = "add it to the log, or map it in a table of sources.tables_directory"
            yield Check("fields", State.ADVICE, told, (cure,))


def _clock(survey: LogSurvey, now_seconds: float) -> Check:
    newest = survey.newest_seconds
    behind = now_seconds - (now_seconds if newest is None else newest)
    if behind < -_FUTURE_SECONDS:
        told = f"the newest event is {_span(-behind)} ahead of this machine's clock"
        cure = "timedatectl set-ntp true  # here, and where the log is written; check its zone"
        return Check("clock", State.BROKEN, told, (cure,))
    if behind > _OLD_SECONDS:
        told = f"the newest event is {_span(behind)} old: this log does not arrive any more"
        return Check("clock", State.ADVICE, told, ("sellerwatch ingest --follow LOGS",))
    return Check("clock", State.OK, f"the newest event is {_span(max(0.0, behind))} old")


def _span(seconds: float) -> str:
    if seconds >= 2 * DAY_SECONDS:
        return f"{seconds / DAY_SECONDS:,.0f} days"
    if seconds >= 2 * HOUR_SECONDS:
        return f"{seconds / HOUR_SECONDS:.0f} hours"
    return str(timedelta(seconds=round(seconds)))
