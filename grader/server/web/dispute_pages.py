"""A verdict that somebody believes is wrong: said by whose it is, and decided by a teacher."""

from sqlalchemy.orm import Session, undefer
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import UsageError
from grader.server.disputes import Disputes, disputes_in, facts, file_of, second_of
from grader.server.gradebook import report_of
from grader.server.queue import NO_FILES
from grader.server.roles import Action
from grader.server.schema import LEASED, OPEN, WAITING, Class, Dispute, HandIn
from grader.server.web.streams import News, stream
from grader.server.web.student_pages import LOOKS, as_html, report, sources_of
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
    open_ = [one for one in found if one.state == OPEN]
    return visit.page("disputes.html", open=open_, decided=found[len(open_) :])


def shown(visit: Visit, says: str = "", status: int = 200) -> Response:
    with visit.site.database.reading() as session:
        one = _asked(visit, session)
        news = _news(visit, session, one)  # first: the page may show more, never less
    again = _disputes(visit).again(one)
    return visit.page(
        "dispute.html",
        status=status,
        says=says,
        one=one,
        again=again,
        has_files=one.hand_in.files != NO_FILES,
        sources=sources_of(one.hand_in),
        news=news,
        before=as_html(report_of(one.hand_in)),
        now=as_html(again.report if again else None),
    )


def events(visit: Visit) -> Response:
    """The second verdict on a disputed hand-in, as long as it is waited for."""
    with visit.site.database.reading() as session:
        number = _asked(visit, session).id

    def look() -> News:
        with visit.site.database.reading() as session:
            return _news(visit, session, session.get_one(Dispute, number))

    return stream(look, LOOKS)


def _news(visit: Visit, session: Session, one: Dispute) -> News:
    second = session.scalar(second_of(one))
    state = second.state if second else ""
    told = visit.site.waiting.told([second] if second else [])
    says = "".join(f"… {says}. The verdict is shown here by itself." for says in told.values())
    waits = one.state == OPEN and state in (WAITING, LEASED)
    return News(f"{one.state} {state}", says, is_last=not waits)


def decided(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        one = _asked(visit, session)
    try:
        says = _do(visit, one, visit.text("do"), visit.text("answer"))
    except UsageError as error:
        return shown(visit, str(error), 400)
    return shown(visit, says) if says else RedirectResponse(visit.request.url.path, 303)


def _do(visit: Visit, one: Dispute, what: str, answer: str) -> str:
    """What was done, in words; empty where the page itself shows it. Raises `UsageError`."""
    disputes = _disputes(visit)
    if what == AGAIN:
        disputes.grade_again(one)
        visit.site.workers.call()
        return ""
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
    Route("/class/disputes/{number:int}/events", page(Action.SETTLE, events)),
    Route("/class/disputes/{number:int}/dispute.json", page(Action.SETTLE, as_file)),
    Route("/api/disputes", client(Action.DISPUTE, told), methods=["POST"]),
]
