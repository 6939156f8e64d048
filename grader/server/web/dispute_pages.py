"""A verdict that somebody believes is wrong: said by whose it is, and decided by a teacher."""

from sqlalchemy.orm import Session, undefer
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.server.disputes import Disputes, disputes_in, facts, file_of
from grader.server.gradebook import report_of
from grader.server.queue import NO_FILES
from grader.server.roles import Action
from grader.server.schema import Class, Dispute, HandIn
from grader.server.web.student_pages import as_html, report
from grader.server.web.visits import Call, Visit, client, page, text_of

MOST_SHOWN = 200
AGAIN, ACCEPT, DECLINE = "again", "accept", "decline"


def disputed(visit: Visit) -> Response:
    number = visit.request.path_params["number"]
    try:
        _disputes(visit).begin(visit.member, number, visit.text("reason"))
    except UsageError as error:
        return report(visit, str(error), 400)
    return RedirectResponse(f"/hand-ins/{number}", 303)


def told(call: Call) -> Response:
    number = call.data.get("hand_in")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**31:
        raise UsageError("`hand_in` must be the number of a hand-in of yours.")
    made = _disputes(call).begin(call.member, number, text_of(call.data, "reason"))
    return JSONResponse(facts(made), 201)


def listed(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        here = session.get_one(Class, visit.member.class_id)
        found = disputes_in(session, here)[:MOST_SHOWN]
    return visit.page("disputes.html", disputes=found)


def shown(visit: Visit, says: str = "", status: int = 200) -> Response:
    with visit.site.database.reading() as session:
        one = _asked(visit, session)
    again = _disputes(visit).again(one)
    return visit.page(
        "dispute.html",
        status=status,
        says=says,
        one=one,
        again=again,
        has_files=one.hand_in.files != NO_FILES,
        before=as_html(report_of(one.hand_in)),
        now=as_html(again.report if again else None),
    )


def decided(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        one = _asked(visit, session)
    try:
        says = _do(visit, one, visit.text("do"), visit.text("answer"))
    except UsageError as error:
        return shown(visit, str(error), 400)
    return shown(visit, says)


def _do(visit: Visit, one: Dispute, what: str, answer: str) -> str:
    """What was done, in words. Raises `UsageError`."""
    disputes = _disputes(visit)
    if what == AGAIN:
        disputes.grade_again(one)
        visit.site.workers.call()
        return "It is graded again. Nothing counts yet; load this page again in a moment."
    if what == ACCEPT:
        disputes.accept(one, answer, visit.member)
        return "Accepted. The student is told so, and what it changes."
    if what == DECLINE:
        disputes.decline(one, answer, visit.member)
        return "Declined. The verdict stays, and the student is told why."
    raise UsageError(f"`do` must be one of {AGAIN}, {ACCEPT}, {DECLINE}.")


def as_file(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        one = _asked(visit, session)
    name = f"{one.hand_in.exercise}-{one.id}.dispute.json"
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(file_of(one), headers=told, media_type="application/json")


def _disputes(visit: Visit | Call) -> Disputes:
    return Disputes(visit.site.database, visit.site.queue)


def _asked(visit: Visit, session: Session) -> Dispute:
    """The dispute of the page, with files and report, where it is of the own class."""
    number = visit.request.path_params["number"]
    one = session.get(Dispute, number) if number < 2**31 else None
    if one is None or one.hand_in.membership.class_id != visit.member.class_id:
        raise HTTPException(404, "There is no such dispute in your class.")
    whole = [undefer(HandIn.files), undefer(HandIn.report)]
    session.get_one(HandIn, one.hand_in_id, options=whole, populate_existing=True)
    return one


ROUTES = [
    Route("/hand-ins/{number:int}/dispute", page(Action.DISPUTE, disputed), methods=["POST"]),
    Route("/class/disputes", page(Action.SETTLE, listed)),
    Route("/class/disputes/{number:int}", page(Action.SETTLE, shown)),
    Route("/class/disputes/{number:int}", page(Action.SETTLE, decided), methods=["POST"]),
    Route("/class/disputes/{number:int}/dispute.json", page(Action.SETTLE, as_file)),
    Route("/api/disputes", client(Action.DISPUTE, told), methods=["POST"]),
]
