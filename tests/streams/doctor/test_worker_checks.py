from real_parts import free_port

from streams.doctor.check import State
from streams.doctor.worker_checks import check_worker
from streams.settings.sections import WorkerSettings


def test_a_worker_that_does_not_run_is_a_fault_with_its_cure() -> None:
    worker = WorkerSettings(web_host="0.0.0.0", web_port=free_port(), metrics_port=free_port())
    (check,) = check_worker(worker)
    assert check.state is State.BROKEN
    assert f"http://127.0.0.1:{worker.web_port}" in check.told
    assert check.cures[0] == "sellerwatch worker"
