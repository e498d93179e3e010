"""Headers that every answer carries."""

from aiohttp import web

# Nothing is loaded from elsewhere, nothing is run, nobody may frame the pages.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no referrer at all, a browser would not name the origin of a form either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Complete an answer before it is sent; a signal handler of aiohttp."""
    # A page with a stricter policy of its own keeps it.
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    # What was on the screen of a shared machine must not come back from its cache.
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "sellerwatch"
