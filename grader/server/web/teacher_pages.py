"""What a teacher sees and does: the class, its report, the roster, and the queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.classroom.class_page import Live, class_page, page_policy
from grader.classroom.class_report import class_report
from grader.errors import UsageError
from grader.server import tokens
from grader.server.disputes import open_disputes
from grader.server.extensions import with_extension
from grader.server.gradebook import class_grades, graded, so_far
from grader.server.members import (
    change_settings,
    classroom,
    enrol,
    member_named,
    members,
    read_roster,
    staff,
    students,
    with_course_of,
)
from grader.server.queue import utc_now
from grader.server.roles import Action
from grader.server.schema import FAILED, LEASED, WAITING, Class, HandIn, Membership
from grader.server.web.streams import News, stream
from grader.server.web.student_pages import of_member
from grader.server.web.visits import MOST_LETTERS, Visit, page

EVENTS = "/class/events?report"  # of the report
LOOKS = 5.0  # seconds between two looks at a class that somebody watches
MOST_STUDENTS = 50  # on one page of the class
MOST_ERRORS = 200  # of ours, on the page that lists them


def whole_class(visit: Visit, says: str = "", status: int = 200) -> Response:
    """A part of a class that is too large for one page."""
    asked = visit.request.query_params
    wanted = " ".join(asked.get("find", "").split())[:MOST_LETTERS]
    with visit.site.database.reading() as session:
        here = session.get_one(Class, visit.member.class_id)
        settings = classroom(here.settings)
        mark = _news_of_all(session, here).mark  # first: the page may show more, never less
        part = _part(session, here, wanted, asked.get("part", ""))
        return visit.page(
            "class.html",
            status=status,
            here=here,
            classroom=settings,
            grades=list(class_grades(session, here, settings, part.members)),
            part=part,
            find=wanted,
            people=[*part.members, *staff(session, here)],
            disputes=open_disputes(session, here),
            mark=mark,
            says=says,
        )


@dataclass(frozen=True)
class Part:
    """The `number`-th of `count` parts of `whole` students, from 1; at least one, maybe empty."""

    members: Sequence[Membership]
    number: int
    count: int
    whole: int


def _part(session: Session, of: Class, find: str, number: str) -> Part:
    """Of the students whose name or id has `find` in it."""
    listed = students(of, find)
    whole = session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    count = max(1, -(-whole // MOST_STUDENTS))
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    at = min(max(1, asked), count)
    shown = listed.offset((at - 1) * MOST_STUDENTS).limit(MOST_STUDENTS)
    return Part(session.scalars(shown).all(), at, count, whole)


def events(visit: Visit) -> Response:
    """How much is graded in the class, for its page and its report."""
    is_report = "report" in visit.request.query_params

    def look() -> News:
        with visit.site.database.reading() as session:
            if not is_report:
                return _news_of_all(session, visit.member.class_)
            news = _news(session, visit.member.class_)
        return visit.site.reports.told(visit.member.class_id, news)

    return stream(look, LOOKS)


def _news(session: Session, of: Class) -> News:
    count, mark = so_far(session, of)
    return News(mark, f"Graded so far: {count}. What comes is shown here by itself.")


def _news_of_all(session: Session, of: Class) -> News:
    """As the report is told it, and what is disputed meanwhile."""
    news = _news(session, of)
    return news._replace(mark=f"{news.mark} {open_disputes(session, of)}")


def report(visit: Visit) -> Response:
    """The page that `grader report` writes, which follows the class while it is open.

    With other names it does not: those are drawn anew for each page. Before the first verdict it
    says what it waits for.
    """
    is_anonymous = "anonymous" in visit.request.query_params
    with visit.site.database.reading() as session:
        here = session.get_one(Class, visit.member.class_id)
        news = _news(session, here)
        names = tuple(one.student for one in members(session, here))
    live = None if is_anonymous else Live("/static/live.js", EVENTS, news.mark, back="/class")

    def draw() -> str:
        with visit.site.database.reading() as session:
            found = list(graded(session, here))
        made = class_report(found, classroom(here.settings).catalog, is_anonymous)
        return class_page(made, live) if made else ""

    reports = visit.site.reports
    page = draw() if is_anonymous else reports.page(here.id, news, names, draw)
    if not page:
        return _no_report(visit, news.mark, not is_anonymous)
    return HTMLResponse(page, headers={"Content-Security-Policy": page_policy(live)})


def _no_report(visit: Visit, mark: str, is_live: bool) -> Response:
    on_the_way = (
        select(HandIn)
        .join(Membership)
        .where(Membership.class_id == visit.member.class_id, HandIn.state.in_((LEASED, WAITING)))
        .order_by(HandIn.state == WAITING, HandIn.priority, HandIn.id)
    )
    with visit.site.database.reading() as session:
        waiting = session.scalars(on_the_way).all()
    return visit.page(
        "no_report.html",
        waiting=len(waiting),
        progress="".join(visit.site.waiting.told(waiting[:1]).values()),
        mark=mark,
        is_live=is_live,
    )


def health(visit: Visit) -> Response:
    """Numbers are of the whole server; hand-ins are of the own class."""
    wanted = (
        select(HandIn)
        .join(Membership)
        .where(Membership.class_id == visit.member.class_id, HandIn.state == FAILED)
        .where(HandIn.again_of.is_(None))
        .order_by(HandIn.id)
        .limit(MOST_ERRORS)
    )
    with visit.site.database.reading() as session:
        failed = session.scalars(wanted).all()
    return visit.page(
        "health.html",
        health=visit.site.queue.health(),
        now=utc_now(),
        failed=failed,
        can_grade=visit.site.workers.can_grade,
    )


def start_again(visit: Visit) -> Response:
    number = visit.request.path_params["number"]
    with visit.site.database.reading() as session:
        one = session.get(HandIn, number) if number < 2**31 else None
    if one is None or one.membership.class_id != visit.member.class_id:
        raise HTTPException(404, "There is no such hand-in in your class.")
    visit.site.queue.start_again(number)
    visit.site.workers.call()
    return RedirectResponse("/health", 303)


def roster(visit: Visit) -> Response:
    def read(text: str) -> str:
        listed = read_roster(text)
        with visit.site.database.writing() as session:
            done = enrol(session, session.get_one(Class, visit.member.class_id), listed)
        told = f"{done.added} added, {done.changed} changed."
        if done.missing:
            told += f" Not in the list, and left as they are: {', '.join(done.missing)}."
        return told

    return _uploaded(visit, read)


def settings(visit: Visit) -> Response:
    def read(text: str) -> str:
        with visit.site.database.writing() as session:
            here = session.get_one(Class, visit.member.class_id)
            change_settings(session, here, with_course_of(here.settings, text))
        return "classroom.yaml is changed. It counts from now on, also for what was handed in."

    return _uploaded(visit, read)


def extension(visit: Visit) -> Response:
    student, due = visit.text("student"), visit.text("due")
    with visit.site.database.writing() as session:
        here = session.get_one(Class, visit.member.class_id)
        whom = member_named(session, here, student)
        try:
            change_settings(session, here, with_extension(here.settings, student, due))
        except UsageError as error:
            says, status = str(error), 400
        else:
            says, status = "The due date is changed. It counts at once.", 200
    return of_member(visit, whom, says, status)


def _uploaded(visit: Visit, read: Callable[[str], str]) -> Response:
    part = visit.form.get("file")
    if not isinstance(part, UploadFile) or not part.filename:
        return whole_class(visit, "Choose a file first.", 400)
    try:
        return whole_class(visit, read(part.file.read().decode("utf-8")))
    except UnicodeDecodeError:
        return whole_class(visit, "The file is not UTF-8. Save it so.", 400)
    except UsageError as error:
        return whole_class(visit, str(error), 400)


def own_settings(visit: Visit) -> Response:
    name = {"Content-Disposition": 'attachment; filename="classroom.yaml"'}
    return Response(visit.member.class_.settings, headers=name, media_type="application/yaml")


def new_code(visit: Visit) -> Response:
    with visit.site.database.writing() as session:
        whom = member_named(session, visit.member.class_, visit.text("student"))
        code = tokens.new_code(session, whom, utc_now())
    server = str(visit.request.base_url)
    return visit.page("code.html", code=code, whom=whom.person.name, server=server)


ROUTES = [
    Route("/class", page(Action.SEE_CLASS, whole_class)),
    Route("/class/events", page(Action.SEE_CLASS, events)),
    Route("/class/report", page(Action.SEE_CLASS, report)),
    Route("/class/classroom.yaml", page(Action.CHANGE_SETTINGS, own_settings)),
    Route("/class/roster", page(Action.CHANGE_ROSTER, roster), methods=["POST"]),
    Route("/class/code", page(Action.CHANGE_ROSTER, new_code), methods=["POST"]),
    Route("/class/settings", page(Action.CHANGE_SETTINGS, settings), methods=["POST"]),
    Route("/class/extension", page(Action.CHANGE_SETTINGS, extension), methods=["POST"]),
    Route("/health", page(Action.SEE_HEALTH, health)),
    Route("/hand-ins/{number:int}/again", page(Action.START_AGAIN, start_again), methods=["POST"]),
]
