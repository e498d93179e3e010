"""Serves the runbooks, so the link in a page works at three in the morning."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

from aiohttp import web
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from streams.presentation.wording import humanize
from streams.settings.shipped_files import runbook_directory
from streams.web.pages import Pages
from streams.web.security_headers import SECURITY_HEADERS

_NAME: Final = re.compile(r"[a-z0-9_]{1,64}")


def runbook_names(directory: Path | None = None) -> list[str]:
    """Return the names of all runbooks, such as ``bulk_read``.

    Examples
    --------
    >>> "bulk_read" in runbook_names()
    True
    """
    found = (directory or runbook_directory()).glob("*.md")
    return sorted(path.stem for path in found if _NAME.fullmatch(path.stem))


def render_runbook(name: str) -> str | None:
    """Return a runbook as HTML, or None if no runbook has this name."""
    if name not in runbook_names():
        return None
    text = (runbook_directory() / f"{name}.md").read_text(encoding="utf-8")
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for heading, title in pairwise(tokens):
        # Runbooks link to each other's sections, with anchors as on a code forge.
        if heading.type == "heading_open" and heading.tag != "h1":
            heading.attrSet("id", title.content.lower().replace(" ", "-"))
    return _page(name, markdown.renderer.render(tokens, markdown.options, {}))


def add_runbook_routes(application: web.Application) -> None:
    """Add /runbooks/, the list, and /runbooks/NAME."""

    async def listing(_: web.Request) -> web.Response:
        items = "".join(
            f'<li><a href="{name}">{escape(humanize(name))}</a></li>' for name in runbook_names()
        )
        return _answer(_page("runbooks", f"<h1>Runbooks</h1><ul>{items}</ul>"))

    async def runbook(request: web.Request) -> web.Response:
        # Links between the files include the file extension.
        name = request.match_info["name"].removesuffix(".md")
        page = render_runbook(name)
        if page is None:
            raise web.HTTPNotFound(text="no such runbook: see /runbooks/\n")
        return _answer(page)

    application.router.add_get("/runbooks/", listing)
    application.router.add_get("/runbooks/{name}", runbook)


def _page(title: str, body: str) -> str:
    # The Markdown renderer has raw HTML switched off and escapes it.
    safe = Markup(body)  # noqa: S704
    return Pages().render("runbook.html", title=title, body=safe, person="", has_login=False)


def _answer(page: str) -> web.Response:
    return web.Response(text=page, content_type="text/html", headers=SECURITY_HEADERS)
