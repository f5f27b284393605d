"""The door in front of every request: its Host, where it came from, who sends it; and the answers' headers.

Plain ASGI, so that streams pass through as they are.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote, urlsplit

from anyio import to_thread
from sqlalchemy import Engine
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import Access, Role, Visitor, csrf_token
from dashboard.api.answers import Problem
from storage import sessions
from storage.engine import DatabaseProblem

COOKIE = "frontnews_session"

OPEN_TO_ALL = ("/static/", "/login", "/csp-report", "/favicon.ico", "/livez", "/readyz")
"""What the page for signing in needs, and what tells nothing but whether we work."""

FOR_PROGRAMS = ("/api/", "/metrics")
"""Where a missing sign-in is answered with 401 instead of a page."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; "
    "report-uri /csp-report"
)
"""Nothing from elsewhere and nothing inline: what a crawled page smuggles in stays dead text."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers send our own forms with "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Set where the answer does not have its own."""


class Gate:
    """Lets a request through with its Visitor in ``scope["state"]["visitor"]``, or answers it."""

    def __init__(self, app: ASGIApp, engine: Engine, access: Access) -> None:
        self._app = app
        self._engine = engine
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookie = _cookie(headers)
        fresh = not cookie and self._access.open
        if fresh:
            cookie = secrets.token_urlsafe(32)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                if fresh:
                    answer.append("Set-Cookie", session_cookie(cookie, secure=scope["scheme"] == "https"))
            await send(message)

        refusal = self._refusal(scope, headers)
        if refusal is None:
            visitor = await to_thread.run_sync(self._visitor, headers, cookie)
            scope.setdefault("state", {})["visitor"] = visitor
            if visitor is None and not _is_open(scope["path"]):
                refusal = _sign_in_first(scope)
        await (refusal or self._app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        if not self._access.allows_host(host):
            return PlainTextResponse(
                f"This server does not go by the name {host[:100]!r}; --allow-host adds a name.\n",
                status_code=421,
            )
        # The API answers for itself. No record holds a NUL, and PostgreSQL may not even be asked for one.
        asked = scope["path"] + unquote(scope["query_string"].decode("latin-1"))
        if "\0" in asked and not scope["path"].startswith(FOR_PROGRAMS):
            return PlainTextResponse("The address holds a NUL byte (%00), which nothing here does.\n", 400)
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        # Before any token is looked at: browsers say themselves when another site sends a form (Fetch
        # Metadata, 2.4), and older ones at least from where.
        site = headers.get("sec-fetch-site", "same-origin")
        origin = headers.get("origin", "")
        foreign = site not in ("same-origin", "none") or (origin and urlsplit(origin).netloc != host)
        return PlainTextResponse("A form of another site was refused.\n", 403) if foreign else None

    def _visitor(self, headers: Headers, cookie: str) -> Visitor | None:
        if self._access.open:
            return Visitor("local", "operator", csrf_token(cookie), signed_in=False)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._access.knows_token(token.strip()):
            return Visitor("token", "viewer", "", signed_in=False)
        if not cookie:
            return None
        try:
            session = sessions.find(self._engine, cookie)
        except DatabaseProblem:
            return None
        if session is None:
            return None
        role: Role = "operator" if session.role == "operator" else "viewer"
        return Visitor(session.who, role, csrf_token(cookie), signed_in=True)


def session_cookie(value: str, *, secure: bool) -> str:
    """The Set-Cookie header of a session; an empty value takes it away."""
    ends = "" if value else "; Max-Age=0"
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}{ends}"


def _cookie(headers: Headers) -> str:
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""


def _is_open(path: str) -> bool:
    return any(path == open_path or (open_path.endswith("/") and path.startswith(open_path))
               for open_path in OPEN_TO_ALL)  # fmt: skip


def _sign_in_first(scope: Scope) -> Response:
    if scope["path"].startswith(FOR_PROGRAMS):
        refused = Problem(401, "Not signed in", "a token is needed: Authorization: Bearer TOKEN").response()
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
    then = f"?then={quote(wanted, safe='')}" if scope["method"] == "GET" and wanted != "/" else ""
    return RedirectResponse(f"/login{then}", status_code=303)
