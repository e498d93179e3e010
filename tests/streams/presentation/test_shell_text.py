import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.presentation.shell_text import shell_option, shell_word

HOSTILE = [
    "$(touch pwned)", "`touch pwned`", "x; touch pwned", "x' ; touch pwned ; '",
    'x"; touch pwned "', "x && touch pwned", "x | touch pwned", "x > pwned", "${IFS}", "!!",
    "~", "*", "\\", "#x", "-rf", "--profile=evil", "$'\\n'touch", "x\\'; touch pwned #", "%s",
    "{a,b}", "=ls", "ünï",
]  # fmt: skip


@given(st.text())
def test_a_value_stays_one_word(value: str) -> None:
    word, option = shell_word(value), shell_option("--name", value)
    if word is not None:
        assert shlex.split(word) == [value]
        assert option is not None
    if option is not None:
        assert shlex.split(option) == [f"--name={value}"]
        assert option.isprintable()


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_shell_reads_the_value_itself(shell: str, tmp_path) -> None:
    options = [shell_option("--name", value) for value in HOSTILE]
    line = "printf '%s\\n' " + " ".join(option for option in options if option is not None)
    done = subprocess.run(
        [shell, "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [f"--name={value}" for value in HOSTILE]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "value",
    ["", "a\nb", "a\rb", "a\tb", "\x1b[2J", "a\u200bb", "a\u202eb", "a\x00b", "\ud800", "a  b",
     " a", "file:///etc/passwd", "FILEB://x", "https://evil.example/x", "x" * 501],
)  # fmt: skip
def test_a_value_that_does_not_survive_is_no_word(value: str) -> None:
    assert shell_word(value) is None
    assert shell_option("--name", value) is None


@pytest.mark.parametrize("value", ["-x", "--help", "=ls"])
def test_a_word_alone_is_no_option(value: str) -> None:
    assert shell_word(value) is None
    assert shell_option("--name", value) == f"--name={value}"
