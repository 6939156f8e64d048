"""The web application: routes, headers, and what is said when something is wrong."""

import logging
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Match, Mount, Route
from starlette.staticfiles import StaticFiles

from grader.errors import UsageError
from grader.server.queue import Refused
from grader.server.thread_view import NotThere
from grader.server.web import (
    description,
    dispute_pages,
    entering,
    export_pages,
    interface,
    leaderboard_pages,
    login_pages,
    privacy_pages,
    regrade_pages,
    student_pages,
    teacher_pages,
    thread_pages,
)
from grader.server.web.headers import HEADERS, Guarded
from grader.server.web.limits import MAX_BODY
from grader.server.web.site import Site

STATIC = Path(__file__).parent / "static"
NO_DATABASE = "The database does not answer. What you sent was not received; send it again soon."
log = logging.getLogger(__name__)
ROUTES = [
    *entering.ROUTES,
    *login_pages.ROUTES,
    *student_pages.ROUTES,
    *teacher_pages.ROUTES,
    *export_pages.ROUTES,
    *privacy_pages.ROUTES,
    *regrade_pages.ROUTES,
    *dispute_pages.ROUTES,
    *thread_pages.ROUTES,
    *leaderboard_pages.ROUTES,
    *interface.ROUTES,
    *description.ROUTES,
]


def alive(request: Request) -> Response:
    """For whoever watches the server: that it answers, and nothing else."""
    return PlainTextResponse("ok\n")


def web_app(site: Site) -> Starlette:
    app = Starlette(
        routes=[
            Route("/alive", alive),
            *ROUTES,
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Guarded)],
        exception_handlers={
            HTTPException: refused,
            UsageError: unusable,
            NotThere: not_there,
            Refused: too_much,
            SQLAlchemyError: no_database,
            Exception: ours,
        },
        max_body_size=MAX_BODY,
    )
    app.state.site = site
    return app


def refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405 and (methods := _methods(request)):
        headers["Allow"] = ", ".join(sorted(methods))
    if error.status_code == 413:  # what is still being sent is not waited for
        headers["Connection"] = "close"
    return told(request, error.detail, error.status_code, headers)


def _methods(request: Request) -> set[str]:
    """What the path may be asked by; the error knows only the first of several routes to it."""
    return {
        method
        for route in request.app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


def unusable(request: Request, error: Exception) -> Response:
    return told(request, str(error), 400)


def not_there(request: Request, error: Exception) -> Response:
    return told(request, str(error), 404)


def too_much(request: Request, error: Exception) -> Response:
    return told(request, str(error), 429)


def no_database(request: Request, error: Exception) -> Response:
    log.warning("%s: %s", request.url.path, error)
    return told(request, NO_DATABASE, 503)


def ours(request: Request, error: Exception) -> Response:
    says = "This is our error, not yours. Your teacher can find it in the log."
    return told(request, says, 500, HEADERS)  # no middleware of ours is left here


def told(
    request: Request, says: str, status: int, headers: dict[str, str] | None = None
) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": says}, status, headers)
    site: Site = request.app.state.site
    page = site.page("message.html", request, says=says, status=status)
    page.headers.update(headers or {})
    return page
