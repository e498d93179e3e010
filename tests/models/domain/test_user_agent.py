import pytest

from models.domain.user_agent import programs_of


@pytest.mark.parametrize(
    ("agent", "programs"),
    [
        ("OrderBridge/6.12.1 (Language=Java/17)", "OrderBridge/6.12.1"),
        ("client/24", "client/24"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/3.3.6", "Mozilla/5.0 Firefox/3.3.6"),
        ("[aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0 botocore/1.17.59]",
         "aws-cli/1.18.136 Python/3.8.5 Darwin/19.5.0 botocore/1.17.59"),
        ("curl", "curl"),
        ("AWS Internal", "AWS Internal"),
        ("console.ec2.amazonaws.com", "console.ec2.amazonaws.com"),
        ("jane-doe.amazonaws.com", None),
        ("Jane Doe/1.0", None),
        ("Jane Doe curl/8.5.0", "curl/8.5.0"),
        ("bot-9027777/1", None),
        ("Bot/491555010012", None),
        ("curl/4111111111111111", "curl"),
        ("Bot/1.0 (Jane (of 4 High Street", "Bot/1.0"),
        ("Bot/1.0 (a (b) Jane) Doe/2", "Bot/1.0"),
        ("jane@example.com/1.0", None),
        ("", None),
    ],
)  # fmt: skip
def test_programs_and_versions_stay(agent: str, programs: str | None) -> None:
    assert programs_of(agent) == programs
