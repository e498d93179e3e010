from survey_events import event

from models.domain.access_event import AccessEvent
from models.domain.data_class import DataClass
from models.domain.dead_letter import DeadLetter
from streams.doctor.check import Check, State
from streams.doctor.log_checks import check_logs
from streams.doctor.log_survey import LogSurvey
from streams.sources.flow.tally import Tally

SENSITIVE = ("customer", "payment", "financial", "supplier", "workforce", "inventory")


def judged(
    *events: AccessEvent, letters: int = 0, now_seconds: float = 1_010.0
) -> dict[State, list[Check]]:
    survey, tally = LogSurvey(), Tally()
    for one in events:
        survey.add(one)
        tally.count(one)
    for number in range(letters):
        tally.count(_letter(number))
    found: dict[State, list[Check]] = {state: [] for state in State}
    for check in check_logs(survey, tally, "logs/", now_seconds):
        found[check.state].append(check)
    return found


def _letter(number: int) -> DeadLetter:
    position = f"line {number}"
    return DeadLetter(
        source="log", position=position, reason="not JSON", size_bytes=9, digest="0" * 16
    )


def told(checks: list[Check]) -> str:
    return "\n".join(check.told for check in checks)


def test_no_event_at_all_is_a_fault() -> None:
    assert told(judged()[State.BROKEN]) == "no event in logs/"


def test_a_log_that_shows_everything_needs_nothing_but_the_other_log() -> None:
    found = judged(event(data_classes=tuple(map(DataClass, SENSITIVE))))
    assert told(found[State.BROKEN]) == ""
    assert told(found[State.ADVICE]).startswith("no CloudTrail")
    assert len(found[State.ADVICE]) == 1
    assert "reads of every sensitive class are seen" in told(found[State.OK])
    assert "the newest event is 0:00:10 old" in told(found[State.OK])


def test_every_advice_and_every_fault_says_what_mends_it() -> None:
    blind = event(
        tenant="111122223333", records=None, credential_id=None, grant=None, source_ip=None,
        credential_age_days=None, data_classes=(DataClass.UNCLASSIFIED,),
    )  # fmt: skip
    found = judged(blind, letters=3)
    text = told([check for checks in found.values() for check in checks])
    assert "CloudTrail has no data events" in text
    assert "no access log of the seller API" in text
    assert "no read of customer, payment, financial, supplier, workforce, inventory data" in text
    assert "1 reads (100 % of the sensitive ones) are of unclassified data" in text
    assert text.count("of the sensitive reads do not tell") == 5
    assert told(found[State.BROKEN]) == "3 records (75 %) cannot be read"
    assert all(check.cures for check in found[State.BROKEN] + found[State.ADVICE])


def test_a_clock_that_is_ahead_is_a_fault_and_an_old_log_is_not() -> None:
    ahead = judged(event(time=5_000.0), now_seconds=1_000.0)
    assert "1:06:40 ahead of this machine's clock" in told(ahead[State.BROKEN])
    old = judged(event(), now_seconds=1_000.0 + 3 * 86_400)
    assert "the newest event is 3 days old" in told(old[State.ADVICE])
    assert old[State.BROKEN] == []
