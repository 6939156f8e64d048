"""How somebody comes in, and goes: a code, with the name on the roster where it is the class's."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.server import tokens
from grader.server.members import classroom, join
from grader.server.queue import Refused, utc_now
from grader.server.roles import Action
from grader.server.schema import CLIENT, CODE, SESSION, Membership
from grader.server.web.site import Site
from grader.server.web.visits import Visit, address, own_form, own_json, page, site_of, text_of

TOO_OFTEN = "Too many wrong codes came from your address. Wait a minute."


async def enter(request: Request) -> Response:
    form = await own_form(request)
    return await run_in_threadpool(entered, request, form)


def entered(request: Request, form: FormData) -> Response:
    site = site_of(request)
    code, name = text_of(form, "code"), text_of(form, "name")
    if request.method != "POST":
        # A link only fills the form in: who looks at it in advance uses no code up.
        return sign_in(site, request, request.query_params.get("code", ""), "", 200)
    try:
        _, token = let_in(site, request, code, name, SESSION)
    except Refused as error:
        return sign_in(site, request, code, str(error), 403)
    return signed_in(site, token)


def sign_in(site: Site, request: Request, code: str, says: str, status: int) -> Response:
    """The page to sign in, with what did not work the last time."""
    return site.page(
        "enter.html",
        request,
        status=status,
        code=code,
        says=says,
        institution=site.provider.institution.name if site.provider else "",
        terminal="terminal" in request.query_params,
    )


def signed_in(site: Site, token: str, shows: Response | None = None) -> Response:
    """The browser has a session from now on, and goes to its first page where it is shown none."""
    response = shows or RedirectResponse("/", 303)
    set_cookie(site, response, site.cookie, token, int(tokens.LASTS[SESSION].total_seconds()))
    return response


def set_cookie(site: Site, response: Response, name: str, value: str, seconds: int) -> None:
    """One that no script reads, and no other page's form sends."""
    response.set_cookie(
        name, value, max_age=seconds, secure=site.is_https, httponly=True, samesite="lax"
    )


async def join_terminal(request: Request) -> Response:
    data = await own_json(request)
    return await run_in_threadpool(joined, request, data)


def joined(request: Request, data: dict[str, object]) -> Response:
    site = site_of(request)
    code, name = text_of(data, "code"), text_of(data, "name")
    try:
        member, token = let_in(site, request, code, name, CLIENT)
    except Refused as error:
        raise HTTPException(403, str(error)) from None
    return JSONResponse(
        {
            "token": token,
            "class": member.class_.name,
            "title": classroom(member.class_.settings).title,
            "name": member.person.name,
        }
    )


def let_in(site: Site, request: Request, code: str, name: str, kind: str) -> tuple[Membership, str]:
    """Only what is wrong counts against an address: a whole lab may come in from one."""
    if not site.wrong_codes.has(address(request)):
        raise HTTPException(429, TOO_OFTEN)
    try:
        with site.database.writing() as session:
            member = join(session, code, name, utc_now())
            return member, tokens.new_token(session, member, kind, utc_now())
    except Refused:
        site.wrong_codes.take(address(request))
        raise


def leave(visit: Visit) -> Response:
    with visit.site.database.writing() as session:
        tokens.take(session, visit.token, SESSION, utc_now())
    response = RedirectResponse("/enter", 303)
    response.delete_cookie(visit.site.cookie, secure=visit.site.is_https, httponly=True)
    return response


def connect(visit: Visit) -> Response:
    """A code for the member's own terminal or another browser."""
    with visit.site.database.writing() as session:
        code = tokens.new_token(session, visit.member, CODE, utc_now())
    return visit.page("code.html", code=code, whom="", server=str(visit.request.base_url))


ROUTES = [
    Route("/enter", enter, methods=["GET", "POST"]),
    Route("/leave", page(Action.HAND_IN, leave), methods=["POST"]),
    Route("/connect", page(Action.HAND_IN, connect), methods=["POST"]),
    Route("/api/join", join_terminal, methods=["POST"]),
]
