"""Headers that every response carries."""

from aiohttp import web

# Load nothing from other sites, run no scripts, and let nobody frame the pages.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no referrer at all, a browser would not send the origin of a form either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers to a response before it is sent; a signal handler of aiohttp."""
    # A page with its own stricter policy keeps it.
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    # A shared machine must not show the page again from its cache.
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "sellerwatch"
