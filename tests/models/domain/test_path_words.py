import pytest

from models.domain.redaction import SubjectHasher

HASHER = SubjectHasher(b"sixteen bytes of key")


@pytest.mark.parametrize(
    "path",
    ["-", "/var/log/seller-api/access.log.3", "AWSLogs/CloudTrail/eu-central-1/2026/01/02",
     "logs/20260102T0810Z.json.gz"],
)  # fmt: skip
def test_words_of_logs_stay(path: str) -> None:
    assert HASHER.clean_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["/home/jane/a.log", "logs/Jane Doe.json", "logs/jane%40example.com",
     "logs/4111 1111 1111 1111",
     "logs/49 15 55 01 00 12", "C:\\logs\\jane.json", "%2525252525252525252540"],
)  # fmt: skip
def test_others_become_hashes(path: str) -> None:
    shown = HASHER.clean_path(path)
    assert shown != path
    traces = ("jane", "Jane", "1111", "1555", "15 55")
    assert not [trace for trace in traces if trace in shown]
