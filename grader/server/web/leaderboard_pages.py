"""The leaderboard, where the class has one; and each student's own switch to stay out of it."""

from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.server.leaderboard import leaderboard
from grader.server.members import classroom
from grader.server.roles import Action
from grader.server.schema import Membership
from grader.server.thread_view import NotThere
from grader.server.web.visits import Call, Visit, client, page

NO_BOARD = "Your class has no leaderboard. A teacher may want one, in classroom.yaml."


def shown(visit: Visit) -> Response:
    settings = classroom(visit.member.class_.settings)
    if not settings.has_leaderboard:
        raise NotThere(NO_BOARD)
    with visit.site.database.reading() as session:
        places = leaderboard(session, visit.member.class_, settings)
    return visit.page("leaderboard.html", places=places, count=len(settings.points))


def switched(visit: Visit) -> Response:
    with visit.site.database.writing() as session:
        _stay_out(session, visit.member, visit.text("stays_out") == "yes")
    return RedirectResponse("/leaderboard", 303)


def told(call: Call) -> Response:
    stays_out = call.data.get("stays_out")
    if not isinstance(stays_out, bool):
        raise UsageError("`stays_out` must be true or false.")
    with call.site.database.writing() as session:
        _stay_out(session, call.member, stays_out)
    return JSONResponse({"stays_out": stays_out})


def _stay_out(session: Session, member: Membership, stays_out: bool) -> None:
    """Also where there is no leaderboard: so nobody is on one before they could say no."""
    session.get_one(Membership, member.id).stays_out = stays_out


ROUTES = [
    Route("/leaderboard", page(Action.SEE_BOARD, shown)),
    Route("/leaderboard", page(Action.STAY_OUT, switched), methods=["POST"]),
    Route("/api/leaderboard", client(Action.STAY_OUT, told), methods=["POST"]),
]
