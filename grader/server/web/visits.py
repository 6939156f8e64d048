"""Who asks, and whether they may: in one place for all pages, and for all requests of `learn`.

A page knows a browser by its session's cookie, and takes a form only with the session's own form
token. A client brings its token with each request, and no cookie counts there.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from grader.server.queue import utc_now
from grader.server.roles import Action, may
from grader.server.schema import CLIENT, SESSION, Membership
from grader.server.tokens import form_token, holder
from grader.server.web.site import Site

MOST_FIELDS = 25
MOST_LETTERS = 400  # of a line
NOT_ALLOWED = "Your role in this class does not allow that."
OLD_FORM = "This form is too old, or comes from elsewhere. Load its page again."
BY_TOKEN = {"WWW-Authenticate": "Bearer"}
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Visit:
    """One request of a member. `form` is empty where none was sent."""

    site: Site
    request: Request
    member: Membership
    token: str
    form: FormData

    def page(self, name: str, **values: Any) -> HTMLResponse:
        return self.site.page(name, self.request, self.member, self.token, **values)

    def text(self, name: str) -> str:
        return text_of(self.form, name)


@dataclass(frozen=True)
class Call:
    """One request of a member's terminal; `data` is the JSON that it brought."""

    site: Site
    request: Request
    member: Membership
    data: dict[str, Any]


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    if not site.requests.take(address(request)):
        raise HTTPException(429, "Too many requests from your address. Wait a few seconds.")
    return site


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def page(action: Action, function: Callable[[Visit], Response]) -> Endpoint:
    """The endpoint that lets in those who may do `action`."""
    return PageGuard(action, function).answer


def client(action: Action, function: Callable[[Call], Response]) -> Endpoint:
    """The endpoint of a request of `learn`, for those who may do `action`."""
    return ClientGuard(action, function).answer


@dataclass(frozen=True)
class PageGuard:
    action: Action
    function: Callable[[Visit], Response]

    async def answer(self, request: Request) -> Response:
        form = await own_form(request)
        return await run_in_threadpool(self._answer, request, form)

    def _answer(self, request: Request, form: FormData) -> Response:
        site = site_of(request)
        token = request.cookies.get(site.cookie, "")
        member = member_of(site, token, SESSION)
        if member is None:
            return RedirectResponse("/enter", 303)
        if not may(member.role, self.action):
            raise HTTPException(403, NOT_ALLOWED)
        if request.method == "POST":
            sent = text_of(form, "form_token").encode()
            if not compare_digest(sent, form_token(token).encode()):
                raise HTTPException(403, OLD_FORM)
        return self.function(Visit(site, request, member, token, form))


@dataclass(frozen=True)
class ClientGuard:
    action: Action
    function: Callable[[Call], Response]

    async def answer(self, request: Request) -> Response:
        data = await own_json(request)
        return await run_in_threadpool(self._answer, request, data)

    def _answer(self, request: Request, data: dict[str, Any]) -> Response:
        site = site_of(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        member = member_of(site, token, CLIENT) if scheme.lower() == "bearer" else None
        if member is None:
            says = "This terminal is not known here, or not any more. Use `learn join` again."
            raise HTTPException(401, says, BY_TOKEN)
        if not may(member.role, self.action):
            raise HTTPException(403, NOT_ALLOWED)
        return self.function(Call(site, request, member, data))


def member_of(site: Site, token: str, kind: str) -> Membership | None:
    if not token:
        return None
    with site.database.reading() as session:
        return holder(session, token, kind, utc_now())


async def own_form(request: Request) -> FormData:
    """What a page of ours sent; a page of somebody else's may send nothing."""
    if request.method != "POST":
        return FormData()
    origin = request.headers.get("origin")
    is_strange = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if is_strange or request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403, OLD_FORM)
    return await request.form(max_files=MOST_FIELDS, max_fields=MOST_FIELDS)


async def own_json(request: Request) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise HTTPException(400, "The request must be one JSON object.")
    return data


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """A line of text; empty where there is none. Raises for what no line holds, and no database."""
    value = fields.get(name, "")
    if not isinstance(value, str) or len(value) > MOST_LETTERS:
        raise HTTPException(400, f"`{name}` must be a text of at most {MOST_LETTERS} letters.")
    line = " ".join(value.split())
    if not line.isprintable():
        raise HTTPException(400, f"`{name}` holds letters that cannot be shown.")
    return line
