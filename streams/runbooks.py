"""Serves the runbooks, so that the link in a page leads somewhere at three in the morning."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Final

from aiohttp import web
from markdown_it import MarkdownIt

from streams.resources import runbook_directory

_NAME: Final = re.compile(r"[a-z0-9_]{1,64}")
_STYLE: Final = (
    ":root{color-scheme:light dark}"
    "body{max-width:46rem;margin:1rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}"
    "pre{padding:.7rem;overflow-x:auto;border:1px solid;border-radius:4px}"
    "table{border-collapse:collapse}td,th{border:1px solid;padding:.2rem .5rem;text-align:left}"
)
_DIGEST: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'",
    "X-Content-Type-Options": "nosniff",
}


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
    """Return a runbook as a page of HTML; None if there is none of that name."""
    if name not in runbook_names():
        return None
    text = (runbook_directory() / f"{name}.md").read_text(encoding="utf-8")
    return _page(name, MarkdownIt("commonmark", {"html": False}).enable("table").render(text))


def add_runbook_routes(application: web.Application) -> None:
    """Add /runbooks/, which lists them, and /runbooks/NAME."""

    async def listing(_: web.Request) -> web.Response:
        items = "".join(f'<li><a href="{name}">{name}</a></li>' for name in runbook_names())
        return _answer(_page("runbooks", f"<h1>Runbooks</h1><ul>{items}</ul>"))

    async def runbook(request: web.Request) -> web.Response:
        # Links between the files carry their ending.
        name = request.match_info["name"].removesuffix(".md")
        page = render_runbook(name)
        if page is None:
            raise web.HTTPNotFound(text="no such runbook: see /runbooks/\n")
        return _answer(page)

    application.router.add_get("/runbooks/", listing)
    application.router.add_get("/runbooks/{name}", runbook)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _answer(page: str) -> web.Response:
    return web.Response(text=page, content_type="text/html", headers=_HEADERS)
