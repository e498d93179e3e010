import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.incidents.feedback import Verdict, feedback_on
from models.incidents.incident import Incident
from models.incidents.note import NOTE_CHARACTERS, redact_note

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_verdict_names_the_principal_whose_detector_learns(
    make_incident: Callable[..., Incident],
) -> None:
    verdict = feedback_on(
        make_incident(), Verdict.BENIGN, note="backfill", decided_at=NOW, by=" maria\n"
    )
    assert (verdict.tenant, verdict.principal, verdict.incident_id) == ("A1", "app-1", "i-1")
    assert (verdict.verdict, verdict.note, verdict.by) == (Verdict.BENIGN, "backfill", "maria")


def test_nobody_is_unknown(make_incident: Callable[..., Incident]) -> None:
    verdict = feedback_on(make_incident(), Verdict.MALICIOUS, note="", decided_at=NOW, by="\u200b")
    assert verdict.by == "unknown"


def test_a_time_without_a_zone_is_refused(make_incident: Callable[..., Incident]) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        feedback_on(make_incident(), Verdict.BENIGN, note="", decided_at=naive, by="maria")


@pytest.mark.parametrize(
    "secret",
    [
        "jane.buyer@example.com",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "+49 (30) 901-820-17",
        "DE89 3704 0044 0532 0130 00"[5:],
        "302-1234567-1234567",
    ],
)
def test_what_names_a_person_is_taken_out(secret: str) -> None:
    redacted = redact_note(f"asked {secret} about ticket 4711")
    assert secret not in redacted
    assert not re.search(r"\d{5}", redacted)
    assert "ticket 4711" in redacted


@pytest.mark.parametrize(
    ("note", "redacted"),
    [
        ("asked jane%2540example.com", "asked [mail]"),
        ("asked jane&#64;example.com", "asked [mail]"),
        ("asked jane\uff20example.com", "asked [mail]"),
        ("asked ja\u00adne@exam\u2060ple.com", "asked [mail]"),
        ("asked jane [at] example.com", "asked [mail]"),
        ("card \uff14\uff11\uff11\uff11 1111 1111 1111", "card [number]"),
        ("amFuZUBleGFtcGxlLmNvbQ==", "[text]"),
        ("%" + "25" * 20 + "40", "[text]"),
        ("limit=40, 50% of a\uff21 & b &amp; c", "limit=40, 50% of a\uff21 & b &amp; c"),
    ],
)
def test_what_is_encoded_is_taken_out_and_other_signs_stay(note: str, redacted: str) -> None:
    assert redact_note(note) == redacted


@given(st.text(max_size=3 * NOTE_CHARACTERS))
def test_a_note_is_short_and_plain(note: str) -> None:
    redacted = redact_note(note)
    assert len(redacted) <= NOTE_CHARACTERS
    assert not re.search(r"[\x00-\x1f\u202e]", redacted)
    assert not re.search(r"\w@\w", redacted)
    redacted.encode()
