"""What a form that changes something must bring: the visitor's own token, for actions the role operator."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from dashboard.access import Visitor, same_token
from dashboard.room import visitor_of


async def checked_form(request: Request) -> Visitor:
    """The visitor whose own form this is. Raises 403 where its token is not theirs, 400 for a NUL in it."""
    visitor = visitor_of(request)
    form = await request.form()
    token = form.get("csrf")
    if (
        visitor is None
        or not visitor.csrf
        or not isinstance(token, str)
        or not same_token(token, visitor.csrf)
    ):
        raise HTTPException(403, "csrf")
    if any("\0" in str(value) for value in form.values()):
        raise HTTPException(400, "a NUL byte")
    return visitor


async def operators_form(request: Request) -> Visitor:
    """As ``checked_form``, of a visitor who may act. Raises 403 for viewers."""
    visitor = await checked_form(request)
    if not visitor.may_act:
        raise HTTPException(403, "role")
    return visitor


CheckedForm = Annotated[Visitor, Depends(checked_form)]
OperatorsForm = Annotated[Visitor, Depends(operators_form)]
