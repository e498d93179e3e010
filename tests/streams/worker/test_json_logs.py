import json
import logging
import sys

import pytest

from streams.worker.json_logs import JsonFormatter, log_as_json


@pytest.fixture(autouse=True)
def root_logger() -> object:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    logging.getLogger("sellerwatch").setLevel(logging.NOTSET)


def test_a_line_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_json()
    logging.getLogger("sellerwatch").info("partition %s\nopened", 3)
    logging.getLogger("faust").info("chatter")
    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert (said["level"], said["logger"]) == ("info", "sellerwatch")
    assert said["message"] == "partition 3\nopened"
    assert said["time"].endswith("+00:00")


def test_an_error_names_its_place() -> None:
    try:
        raise ValueError
    except ValueError:
        record = logging.LogRecord("x", 40, "", 0, "failed", (), sys.exc_info())
    said = json.loads(JsonFormatter().format(record))
    assert said["error"] == "ValueError"
    assert "test_json_logs.py" in said["traceback"]
