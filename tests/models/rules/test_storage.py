"""A newcomer that looks for data in storage: a new job reads a few files, a thief reads on."""

from simulated_week import DAY, event, fleet, pages

from models.detector import Detector
from models.detector_settings import DetectorSettings
from models.incidents.incident import Incident, IncidentKind


def search(reads: int) -> list[Incident]:
    detector = Detector(DetectorSettings(), {})
    detector.process_batch(fleet(5))
    own = {"user_agent": "aws-cli/2.15", "source_ip": "203.0.113.80"}
    found = []
    for step in range(5):
        listing = event(
            5 * DAY + step, None, "new-role", service="s3", operation="ListObjectsV2", **own
        )
        found += detector.process(listing)
    for step in range(reads):
        read = event(
            5 * DAY + 10 + step, None, "new-role", service="s3", operation="GetObject",
            resource="s3://exports", **own,
        )  # fmt: skip
        found += detector.process(read)
    return [i for i in found if IncidentKind.ENUMERATION in i.kinds]


def test_a_newcomer_that_reads_on_after_its_search_is_paged() -> None:
    (page,) = pages(search(60)).values()
    assert page.page_kind is IncidentKind.ENUMERATION


def test_a_newcomer_that_reads_a_few_files_is_told_of_and_not_paged() -> None:
    found = search(6)
    assert found
    assert not pages(found)
