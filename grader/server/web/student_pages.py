"""What a student sees: what is asked, what was handed in, the report, and the grade explained."""

import secrets
from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy.orm import Session, undefer
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exercises.catalog import Exercise
from exercises.words import plural
from grader.classroom.settings import Classroom
from grader.errors import SubmissionError
from grader.formats.html import render
from grader.report import Report
from grader.server.disputes import dispute_of, disputes_by, why_not
from grader.server.extensions import FORM
from grader.server.gradebook import grade, hand_ins, notices, report_of
from grader.server.handing_in import hand_in, uploaded_files
from grader.server.members import classroom, member_named
from grader.server.privacy import days_after_deletion
from grader.server.queue import Refused, unpacked
from grader.server.roles import STAFF, Action, may
from grader.server.schema import DONE, FAILED, OPEN, Class, Dispute, HandIn, Membership
from grader.server.web.streams import News, stream
from grader.server.web.visits import Visit, page

LOOKS = 1.0  # seconds between two looks at a hand-in that somebody watches
DECISIONS = 5.0  # the same, where it is graded and a teacher is to decide
TO_DECIDE = "The decision is shown here by itself."
ENDS = (DONE, FAILED)  # of the way of a hand-in
NOT_THERE = "There is no such hand-in, or it is not for you to see."


def home(visit: Visit) -> Response:
    if visit.member.role in STAFF:
        return RedirectResponse("/class", 303)
    return own(visit)


def own(visit: Visit) -> Response:
    return of_member(visit, visit.member)


def of_student(visit: Visit) -> Response:
    with visit.site.database.reading() as session:
        student = visit.request.path_params["student"]
        return of_member(visit, member_named(session, visit.member.class_, student))


def of_member(visit: Visit, member: Membership, says: str = "", status: int = 200) -> Response:
    with visit.site.database.reading() as session:
        settings = classroom(session.get_one(Class, member.class_id).settings)
        found = hand_ins(session, member.class_, member.student)
        regraded, disputes = notices(session, member), disputes_by(session, member)
    return visit.page(
        "student.html",
        status=status,
        says=says,
        whose=member,
        classroom=settings,
        due=settings.due_for(member.student),
        extended=_extended(settings, member.student),
        policy=policy(settings),
        retention=retention(settings),
        kept_days=days_after_deletion(member.class_),
        grade=grade(member, found, settings),
        titles={id: settings.catalog.exercise(id).title for id in settings.points},
        regraded=regraded,
        disputes=disputes,
        hand_ins=found[::-1],
        progress=_progress(visit, found),
    )


def policy(settings: Classroom) -> str:
    """The rules by which points become a grade, in words."""
    told = []
    late = settings.late
    if settings.due and late.days and late.percent_per_day:
        told.append(
            f"For each day begun after that, {late.percent_per_day:g} % of what was reached is"
            f" lost; after {plural(late.days, 'day')} nothing counts."
        )
    elif settings.due:
        told.append("What comes later counts nothing." if not late.days else "Later costs nothing.")
    if minutes := late.grace.total_seconds() / 60:
        told.append(f"Up to {minutes:g} min late is in time.")
    if settings.attempts:
        counting = plural(settings.attempts, "hand-in counts", "hand-ins count")
        told.append(f"Of an exercise, the first {counting}.")
    told.append("The best one of an exercise is taken. An error of ours costs no attempt.")
    return " ".join(told)


def _extended(settings: Classroom, student: str) -> str:
    due = settings.extensions.get(student)
    return f"{due:{FORM}}" if due else ""


def retention(settings: Classroom) -> str:
    """How long what is handed in is kept, in words."""
    keeps = settings.retention
    told = []
    if keeps.code_days is not None:
        told.append(
            f"Files and reports are deleted {plural(keeps.code_days, 'day')} after they came."
        )
    if keeps.grades_days is not None:
        told.append(f"Verdicts are deleted after {plural(keeps.grades_days, 'day')}.")
    return " ".join(told)


def exercise(visit: Visit, says: str = "", status: int = 200) -> Response:
    settings, asked = _asked(visit)
    return visit.page(
        "exercise.html",
        status=status,
        exercise=asked,
        points=settings.points[asked.id],
        attempts=settings.attempts,
        key=secrets.token_hex(16),
        says=says,
    )


def _asked(visit: Visit) -> tuple[Classroom, Exercise]:
    """What the class asks for, and the exercise of the page."""
    id = visit.request.path_params["exercise"]
    settings = classroom(visit.member.class_.settings)
    if id not in settings.points:
        raise HTTPException(404, "Your class does not ask for this exercise.")
    return settings, settings.catalog.exercise(id)


def upload(visit: Visit) -> Response:
    settings, asked = _asked(visit)
    parts = [part for part in visit.form.getlist("files") if isinstance(part, UploadFile)]
    uploaded = {part.filename: part.file.read() for part in parts if part.filename}
    try:
        files = uploaded_files(asked, settings.catalog, uploaded)
        taken = hand_in(visit.site.queue, visit.member, asked.id, files, visit.text("key"))
    except (SubmissionError, Refused) as error:
        return exercise(visit, str(error), 400)
    visit.site.workers.call()
    return RedirectResponse(f"/hand-ins/{taken.id}", 303)


def report(visit: Visit, says: str = "", status: int = 200) -> Response:
    with visit.site.database.reading() as session:
        one = _seen(visit, session)
        found, dispute = report_of(one), dispute_of(session, one.id)
    news = _news(visit, one, dispute)
    return visit.page(
        "hand_in.html",
        status=status,
        says=says,
        one=one,
        verdict=as_html(found),
        dispute=dispute,
        why_not=why_not(one),
        layers=found.layers if found else {},
        sources=sources_of(one),
        is_own=one.membership_id == visit.member.id,
        is_graded=one.state in ENDS,
        news=news,
    )


def _news(visit: Visit, one: HandIn, dispute: Dispute | None) -> News:
    """What may still come of a hand-in: its verdict, and where that is disputed, a decision."""
    decision = dispute.state if dispute else ""
    says = _progress(visit, [one]).get(one.id, "") or (TO_DECIDE if decision == OPEN else "")
    mark = f"{one.state} {decision}".strip()
    return News(mark, says, is_last=one.state in ENDS and decision != OPEN)


def _progress(visit: Visit, those: Sequence[HandIn]) -> dict[int, str]:
    return {id: f"… {told}" for id, told in visit.site.waiting.told(those).items()}


def sources_of(one: HandIn) -> dict[str, str]:
    """What was handed in, as text, by its name."""
    return {name: source.decode("utf-8", "replace") for name, source in unpacked(one.files).items()}


def as_html(found: Report | None) -> Markup:
    """The report, in which all that a learner wrote is text; empty where there is none."""
    return Markup(render(found, classes=True)) if found else Markup()


def verdict(visit: Visit) -> Response:
    """What was signed, byte for byte, and its signature: for `grader verify`."""
    from grader.server.verdicts import document  # needs an extra of its own

    with visit.site.database.reading() as session:
        one = _seen(visit, session)
    if not (one.signature and one.report and one.graded_at):
        raise HTTPException(404, "This verdict is not signed.")
    is_signature = visit.request.url.path.endswith(".sig")
    content = f"{one.signature}\n" if is_signature else document(one, one.report, one.graded_at)
    name = f"verdict-{one.id}.json" + (".sig" if is_signature else "")
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=told, media_type="application/octet-stream")


def events(visit: Visit) -> Response:
    """The state of a hand-in as it changes, until nothing more is to come."""
    with visit.site.database.reading() as session:
        seen = _seen(visit, session)
    number, is_graded = seen.id, seen.state in ENDS

    def look() -> News:
        with visit.site.database.reading() as session:
            one, dispute = session.get_one(HandIn, number), dispute_of(session, number)
        return _news(visit, one, dispute)

    return stream(look, DECISIONS if is_graded else LOOKS)


def _seen(visit: Visit, session: Session) -> HandIn:
    """The hand-in that is asked for, where this member may see it."""
    number = visit.request.path_params["number"]
    large = [undefer(HandIn.files), undefer(HandIn.report)]
    one = session.get(HandIn, number, options=large) if number < 2**31 else None
    member = visit.member
    if one and one.again_of:  # it counts nothing, and whether it ever does is not decided
        one = None
    if one and one.membership_id != member.id:
        is_of_class = one.membership.class_id == member.class_id
        one = one if is_of_class and may(member.role, Action.SEE_CLASS) else None
    if one is None:
        raise HTTPException(404, NOT_THERE)
    return one


ROUTES = [
    Route("/", page(Action.HAND_IN, home)),
    Route("/own", page(Action.HAND_IN, own)),
    Route("/exercises/{exercise}", page(Action.HAND_IN, exercise)),
    Route("/exercises/{exercise}", page(Action.HAND_IN, upload), methods=["POST"]),
    Route("/hand-ins/{number:int}", page(Action.HAND_IN, report)),
    Route("/hand-ins/{number:int}/verdict.json", page(Action.HAND_IN, verdict)),
    Route("/hand-ins/{number:int}/verdict.json.sig", page(Action.HAND_IN, verdict)),
    Route("/hand-ins/{number:int}/events", page(Action.HAND_IN, events)),
    Route("/class/students/{student:path}", page(Action.SEE_CLASS, of_student)),
]
