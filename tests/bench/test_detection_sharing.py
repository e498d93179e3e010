"""Partitions that share: what one has learnt itself is what it had without others."""

import pytest

from bench.detection_own import pages_of
from bench.detection_score import Page
from bench.detection_sharing import SharingFleet
from bench.detection_stream import WorldStream, world_stream
from models.detector import Detector
from models.detector_settings import DetectorSettings


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> WorldStream:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.detection_stream._CACHE", tmp_path_factory.mktemp("streams"))
        return world_stream("small", 3)


def test_alone_with_itself_a_partition_pages_as_ever(stream: WorldStream) -> None:
    detector = Detector(DetectorSettings(false_pages_per_principal_day=0.01), {})
    fleet = SharingFleet([detector])
    paged: dict[str, Page] = {}
    with fleet.learning():
        for event in stream.events:
            for incident in detector.process(event):
                if incident.paged_at is not None:
                    page = Page(incident.principal, incident.paged_at.timestamp())
                    paged[incident.incident_id] = page
            fleet.after(0)
    assert list(paged.values()) == pages_of(stream, 0.01)
    assert 1_000 < fleet.largest_bytes < 200_000


def test_nothing_stays_patched(stream: WorldStream) -> None:
    before = pages_of(stream, 0.01, partitions=4)
    shared = pages_of(stream, 0.01, partitions=4, is_shared=True)
    assert pages_of(stream, 0.01, partitions=4) == before
    assert shared
