"""Who may use the fake Slack: its own page and the app, on this machine.

Any page that is open in a browser can send requests to this machine. A browser names their origin in Origin
and Sec-Fetch-Site; a client that is no browser sends neither header.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

LOCAL_HOSTS = {"127.0.0.1", "localhost"}
PAGE_PATHS = ("/archives/", "/docs/")  # of pages that links may lead to, besides /
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# Its own copy of the bot's security headers: the fake Slack imports nothing of the bot.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_security(app: web.Application) -> web.Application:
    """Check the origin of each request and add the security headers to each response."""
    app.middlewares.append(_check_origin)
    app.on_response_prepare.append(_add_headers)
    return app


@web.middleware
async def _check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign pages. A foreign host name is refused too, because DNS can lead it to this machine."""
    if request.url.host not in LOCAL_HOSTS or (_is_cross_origin(request) and not _is_link_to_page(request)):
        raise web.HTTPForbidden(text="This stand-in answers on this machine only, to its own page.")
    return await handler(request)


def _is_cross_origin(request: web.Request) -> bool:
    origin = request.headers.get("Origin", f"http://{request.host}")
    site = request.headers.get("Sec-Fetch-Site", "none")
    return origin != f"http://{request.host}" or site not in {"none", "same-origin"}


def _is_link_to_page(request: web.Request) -> bool:
    """Say whether the browser follows a link to a page, which changes nothing."""
    fetch = (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest"))
    is_page = request.path == "/" or request.path.startswith(PAGE_PATHS)
    return request.method == "GET" and fetch == ("navigate", "document") and is_page


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
