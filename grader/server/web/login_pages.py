"""To an institution's login and back, and in.

The policy of our pages lets no form lead elsewhere, so that what leads there is a page of its own.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.server import tokens
from grader.server.identities import enter
from grader.server.login import MOST_NAME, Attempt, NoLogin, Provider
from grader.server.queue import Refused, utc_now
from grader.server.schema import CODE, SESSION
from grader.server.web.entering import TOO_OFTEN, set_cookie, sign_in, signed_in
from grader.server.web.site import Site
from grader.server.web.visits import address, own_form, site_of, text_of

BACK = "/login/back"
SECONDS = 900  # that somebody may take to log in


async def login(request: Request) -> Response:
    form = await own_form(request)
    return await run_in_threadpool(begun, request, form)


def begun(request: Request, form: FormData) -> Response:
    site, provider = _provider(request)
    code, name = (text_of(form, field)[:MOST_NAME] for field in ("code", "name"))
    attempt = Attempt.new(code, name, "terminal" in form)
    try:
        where = provider.address(attempt, _back(request))
    except NoLogin as error:
        return sign_in(site, request, code, str(error), 503)
    page = site.page("to_login.html", request, where=where, institution=provider.institution.name)
    kept = urlsafe_b64encode(json.dumps(asdict(attempt), ensure_ascii=False).encode()).decode()
    set_cookie(site, page, site.login_cookie, kept, SECONDS)
    return page


async def back(request: Request) -> Response:
    return await run_in_threadpool(came_back, request)


def came_back(request: Request) -> Response:
    site, provider = _provider(request)
    attempt = _attempt(request.cookies.get(site.login_cookie, ""))
    if not site.wrong_codes.has(address(request)):
        raise HTTPException(429, TOO_OFTEN)
    now = utc_now()
    try:
        if attempt is None:
            raise NoLogin("This login was not begun here, or is too old. Begin anew.")
        who = provider.identity(attempt, dict(request.query_params), _back(request))
        with site.database.writing() as session:
            member = enter(session, who, attempt.code, attempt.name, now)
            token = tokens.new_token(session, member, SESSION, now)
            code = tokens.new_token(session, member, CODE, now) if attempt.is_for_terminal else ""
    except Refused as error:
        site.wrong_codes.take(address(request))
        answer: Response = sign_in(site, request, attempt.code if attempt else "", str(error), 403)
    else:
        server = str(request.base_url)
        answer = signed_in(
            site,
            token,
            site.page("code.html", request, member, token, code=code, whom="", server=server)
            if code
            else None,
        )
    answer.delete_cookie(site.login_cookie, secure=site.is_https, httponly=True)
    return answer


def _attempt(cookie: str) -> Attempt | None:
    """What this browser began; None where it holds nothing that we wrote."""
    try:
        found = Attempt(**json.loads(urlsafe_b64decode(cookie.encode())))
    except (ValueError, TypeError):
        return None
    texts = (found.state, found.nonce, found.verifier, found.code, found.name)
    return found if all(isinstance(text, str) for text in texts) and all(texts[:3]) else None


def _provider(request: Request) -> tuple[Site, Provider]:
    site = site_of(request)
    if site.provider is None:
        raise HTTPException(404, "This server knows no institution. Sign in with a code.")
    return site, site.provider


def _back(request: Request) -> str:
    """Where the institution sends a browser back to: it knows this address, and takes no other."""
    return str(request.base_url).rstrip("/") + BACK


ROUTES = [
    Route("/login", login, methods=["POST"]),
    Route(BACK, back),
]
