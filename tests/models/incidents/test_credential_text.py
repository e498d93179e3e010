"""The words of what rules find in who calls."""

from collections.abc import Callable

import pytest

from models.incidents import credential_text


def test_long_sentences() -> None:
    assert credential_text.sharing_text("app-1", "key-1", "192.0.2.0/24") == (
        "app-1 used the credential key-1 from two networks at once: 192.0.2.0/24 and another. "
        "One of them is new."
    )
    assert credential_text.raw_key_text("app-1", "payment", "key-1", "a role session") == (
        "app-1 reads payment data with the raw secret key key-1. Replace it with a role session, "
        "which expires and can be revoked."
    )


@pytest.mark.parametrize(
    "text",
    [
        lambda name: credential_text.network_text(name, "customer", "192.0.2.7", "none"),
        lambda name: credential_text.purpose_text(name, "erp", "customer", "payment"),
        lambda name: credential_text.sharing_text(name, "key-1", "192.0.2.0/24"),
        lambda name: credential_text.raw_key_text(name, "payment", "key-1", "a role session"),
    ],
)
def test_every_sentence_starts_with_the_name_cut_alike(text: Callable[[str], str]) -> None:
    assert text("app-1").startswith("app-1 ")
    assert text("é" * 300).startswith(f"{'é' * 120} ")
