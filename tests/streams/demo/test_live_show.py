import io

from rich.console import Console

from streams.demo.live_show import LiveShow


def test_without_a_terminal_it_prints_plain_lines(make_incident) -> None:
    console = Console(file=io.StringIO(), width=60)
    with LiveShow(console) as show:
        show.update("first [line]", {})
        show.update("too soon", {})
        show.page(make_incident())
    text = console.file.getvalue()
    assert text.startswith("first [line]\nPAGE HIGH app-1")
    assert "too soon" not in text
    assert "\x1b" not in text


def test_on_a_terminal_the_last_picture_stays_above_what_follows(make_incident) -> None:
    console = Console(file=io.StringIO(), width=120, force_terminal=True)
    with LiveShow(console) as show:
        show.update("the figures", {"i-1": make_incident()})
        show.page(make_incident())
    console.print("summary")
    text = console.file.getvalue()
    assert "the figures" in text
    assert text.index("the figures") < text.index("summary")
