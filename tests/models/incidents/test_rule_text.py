"""The words of what rules find in what was read."""

from collections.abc import Callable

import pytest

from models.incidents import rule_text


def test_long_sentences() -> None:
    assert rule_text.failures_text("app-1", 1_030.0, 2_060.0, "getOrder") == (
        "app-1 made 2,060 calls in an hour; 1,030 were denied or found nothing, most recently "
        "getOrder. It may be guessing ids."
    )
    assert rule_text.sequence_text("app-1", 1_067, "getOrder", 2.4) == (
        "app-1 asked for 1,067 sequential ids in an hour, most recently with getOrder; "
        "usual: at most 2. It may be guessing ids."
    )
    signs = ["it holds a raw secret key", "it reads with a script"]
    assert rule_text.scrape_text("app-1", 12_300.0, signs) == (
        "app-1 was first seen less than a day ago, is not declared, and read 12,300 sensitive "
        "records in an hour; it holds a raw secret key; it reads with a script."
    )


@pytest.mark.parametrize(
    "text",
    [
        lambda name: rule_text.canary_text(name, "00ff", "getOrder"),
        lambda name: rule_text.cap_text(name, 9.0, "payment", "day", 1),
        lambda name: rule_text.failures_text(name, 30.0, 60.0, "getOrder"),
        lambda name: rule_text.sequence_text(name, 67, "getOrder", 2.0),
        lambda name: rule_text.known_share_text(name, 0.5, "buyers", 0.1),
        lambda name: rule_text.secrets_text(name, 12.0),
        lambda name: rule_text.scrape_text(name, 900.0, []),
        lambda name: rule_text.storage_text(name, 4, "exports"),
    ],
)
def test_every_sentence_starts_with_the_name_cut_alike(text: Callable[[str], str]) -> None:
    assert text("app-1").startswith("app-1 ")
    assert text("é" * 300).startswith(f"{'é' * 120} ")
