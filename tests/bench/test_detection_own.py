"""The bench watches the detector without changing what it pages."""

import pytest

from bench.detection_alarms import ALWAYS
from bench.detection_own import pages_of, run_own
from bench.detection_score import score, truth_of
from bench.detection_stream import WorldStream, world_stream


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> WorldStream:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.detection_stream._CACHE", tmp_path_factory.mktemp("streams"))
        fresh = world_stream("small", 3)
        again = world_stream("small", 3)
    assert again == fresh
    return fresh


def test_watching_changes_no_page(stream: WorldStream) -> None:
    assert run_own(stream, 0.01).pages == pages_of(stream, 0.01)


def test_alarms_hold_every_page_of_the_judged_days(stream: WorldStream) -> None:
    run = run_own(stream, 0.01)
    judged = [page for page in run.pages if page.seconds >= stream.begin_seconds]
    assert judged
    certain = {(one.principal, one.seconds) for one in run.alarms if one.value == ALWAYS}
    assert certain == set(run.rule_pages)
    for page in set(judged) - set(run.rule_pages):
        same = [one for one in run.alarms if one.principal == page.principal]
        assert any(one.value >= 100.0 and one.seconds <= page.seconds for one in same)


def test_every_attack_has_an_outcome(stream: WorldStream) -> None:
    truth = truth_of(stream)
    result = score(truth, run_own(stream, 0.01).pages)
    assert len(result.outcomes) == len(stream.attacks)
    assert truth.principal_days >= 40
