"""Tests of counting."""

import msgspec

from models.domain.access_event import AccessEvent, Outcome, PrincipalKind
from models.domain.dead_letter import DeadLetter
from models.domain.seller_notice import NOTICE_SERVICE, REPORT_ASKED
from streams.sources.flow.tally import Tally
from streams.sources.formats.skipped import Skipped


def test_every_item_is_counted_under_its_name() -> None:
    tally = Tally()
    event = AccessEvent(
        event_id="1", time=1.0, tenant="1", principal="p", principal_kind=PrincipalKind.USER,
        service="s3", operation="GetObject", outcome=Outcome.SUCCESS,
    )  # fmt: skip
    letter = DeadLetter(source="s", position="1", reason="r", size_bytes=1, digest="0")
    for item in (event, Skipped("echo"), Skipped("digest"), Skipped("echo"), letter):
        tally.count(item)
    assert str(tally) == "1 events, 3 skipped (2 echo, 1 digest), 1 dead letters"
    assert tally.total == 5
    note = msgspec.structs.replace(
        event, service=NOTICE_SERVICE, operation=REPORT_ASKED, principal_kind=PrincipalKind.SERVICE
    )
    tally.count(note)
    assert tally.total == 5
