from models.incidents.feedback import Verdict, feedback_on
from streams.kafka.feedback_topic import encode_feedback
from streams.settings.settings import Settings
from streams.web.incident_store import IncidentStore
from streams.web.verdict_reader import VerdictReader


def test_verdicts_are_taken_and_anything_else_is_passed_over(make_incident) -> None:
    store = IncidentStore(kept=10)
    reader = VerdictReader(Settings(), store)
    incident = make_incident()
    verdict = feedback_on(
        incident, Verdict.BENIGN, note="", decided_at=incident.updated_at, by="maria"
    )
    reader.take(encode_feedback(verdict, 4).value)
    for value in (b"\xff", b"{}", b"[1]", b"null", b"", None):
        reader.take(value)
    assert store.verdict("i-1") == verdict
