"""Before everything that the stand-in serves: it answers on this machine, to its own page and to the app.

Every page that is open in a browser can send requests to this machine. Browsers say where those come from,
and what is no browser says nothing.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

HERE = {"127.0.0.1", "localhost"}
PAGES = ("/archives/", "/docs/")  # beside the first one
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
# Its own copy of the bot's security headers: the fake Slack imports nothing of the bot.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_security(app: web.Application) -> web.Application:
    app.middlewares.append(_guard)
    app.on_response_prepare.append(_carefully)
    return app


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only under this machine's names, so that no foreign page reaches in by a name of its own."""
    if request.url.host not in HERE or (_is_from_elsewhere(request) and not _is_a_link(request)):
        raise web.HTTPForbidden(text="This stand-in answers on this machine only, to its own page.")
    return await handler(request)


def _is_from_elsewhere(request: web.Request) -> bool:
    origin = request.headers.get("Origin", f"http://{request.host}")
    site = request.headers.get("Sec-Fetch-Site", "none")
    return origin != f"http://{request.host}" or site not in {"none", "same-origin"}


def _is_a_link(request: web.Request) -> bool:
    """Say whether somebody follows a link to one of the pages, which changes nothing."""
    how = (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest"))
    is_page = request.path == "/" or request.path.startswith(PAGES)
    return request.method == "GET" and how == ("navigate", "document") and is_page


async def _carefully(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
