"""Signing in and out, and the small answers that need no sign-in."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from dashboard.forms import CheckedForm
from dashboard.gate import COOKIE, session_cookie
from dashboard.languages import messages
from dashboard.room import language_of, page, room_of, visitor_of
from storage import audit, sessions

router = APIRouter()
log = logging.getLogger(__name__)


@router.get("/login", response_class=HTMLResponse, response_model=None)
def ask(request: Request, then: str = "/") -> Response:
    """The page for signing in; whoever is in already goes on."""
    if visitor_of(request) is not None:
        return RedirectResponse(_within(then), 303)
    return _form(request, then)


@router.post("/login", response_class=HTMLResponse, response_model=None)
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    then: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Sign in, or say that name and password do not fit; after five failures one waits."""
    room, t = room_of(request), messages(language_of(request))
    keys = (f"from {request.client.host if request.client else ''}", f"as {name.strip().lower()}")
    if wait := room.limit.wait(keys):
        refused = _form(request, then, name, t("login.wait", n=-(-wait // 60)), status=429)
        refused.headers["Retry-After"] = str(wait)
        return refused
    account = room.access.account(name, password)
    if account is None:
        room.limit.failed(keys)
        log.warning("sign-in refused for %r", name[:50])
        return _form(request, then, name, t("login.wrong"), status=401)
    room.limit.succeeded(keys)
    token = sessions.begin(room.engine, account.name, account.role)
    audit.record(room.engine, who=account.name, place="dashboard", action="sign_in", target="dashboard")
    answer = RedirectResponse(_within(then), 303)
    answer.headers.append("Set-Cookie", session_cookie(token, secure=request.url.scheme == "https"))
    return answer


@router.post("/logout", response_model=None)
def sign_out(request: Request, _: CheckedForm) -> Response:
    """End the session, here and in the database."""
    sessions.end(room_of(request).engine, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login", 303)
    answer.headers.append("Set-Cookie", session_cookie("", secure=request.url.scheme == "https"))
    return answer


@router.post("/csp-report", response_model=None)
async def csp_report(request: Request) -> Response:
    """Browsers tell here what the policy kept them from: a fault of a page, or a crawled text at work."""
    log.warning("content security policy: %r", (await request.body())[:1000])
    return Response(status_code=204)


@router.get("/livez", response_class=PlainTextResponse)
def alive() -> str:
    """For supervisors: the process answers."""
    return "ok\n"


def _form(
    request: Request, then: str, name: str | None = None, problem: str | None = None, status: int = 200
) -> HTMLResponse:
    accounts = room_of(request).access.accounts
    usual = accounts[0].name if len(accounts) == 1 else ""
    return page(
        request, "login.html", status=status, problem=problem, then=_within(then),
        name=usual if name is None else name,
    )  # fmt: skip


def _within(then: str) -> str:
    """Only an address of ours is gone to after signing in: //elsewhere and its like are other sites."""
    inside = then.startswith("/") and not then.startswith(("//", "/\\")) and then.isprintable()
    return then if inside else "/"
