"""The thread of an exercise: ask, answer, report; and what teachers and assistants do in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grader.report import Report, TestResult, printable
from grader.server import thread_view
from grader.server.gradebook import report_of
from grader.server.members import classroom
from grader.server.roles import STAFF, Action, may
from grader.server.schema import Membership, Post, PostEvent
from grader.server.spoilers import has_code, parts
from grader.server.thread_view import NotThere, Reader, State
from grader.server.threads import MOST_LETTERS, Threads
from grader.server.web.site import zone_of
from grader.server.web.visits import OLD_FORM, Visit, page

MOST_EVENTS = 500
MOST_TESTS = 3  # of a report that is shown
# What a learner's code gave back is shown only where it is numbers: a text could be an answer.
WORDS_OF_NUMBERS = re.compile(r"\b(tensor|dtype|torch\.\w+|size|nan|inf|True|False|None|\d+e)\b")
ENDS_OF_OURS = re.compile(r"[.:] ")
MODERATED = frozenset({State.FOLDED, State.SHOWN, State.DELETED})


@dataclass(frozen=True)
class Shown:
    """What a page asks about posts."""

    zone: tzinfo
    points: float
    parts = staticmethod(parts)
    is_spoiler = staticmethod(thread_view.is_spoiler)

    def author(self, post: Post, who: Reader) -> str:
        """A pseudonym, unless the author or the reader's role says otherwise."""
        person = post.membership.person
        if post.membership.role in STAFF:
            return f"{person.name}, {post.membership.role}"
        if may(who.member.role, Action.MODERATE):
            return f"{person.name} ({person.pseudonym})"
        return person.name if post.is_named else person.pseudonym

    def worth(self, post: Post) -> str:
        return f"{(post.share or 0.0) * self.points:.3g} of {self.points:g}"

    def example(self, post: Post) -> tuple[str, Sequence[TestResult]]:
        """Of its report what kept the whole file from being graded, or the first tests that failed;
        without code of its learner's.
        """
        report = report_of(post.hand_in)
        if report is None:
            return "", ()
        if report.problem:
            return _without_code(report.problem.message), ()
        return "", list(_failing(report))[:MOST_TESTS]


def _without_code(message: str) -> str:
    """What code raised may quote code, and nobody judges that: then the first words, which are
    ours or the name of the error, have to do.
    """
    return f"{re.split(ENDS_OF_OURS, message)[0]}." if has_code(message) else message


def _failing(report: Report) -> Iterator[TestResult]:
    """A mistake is told once, with the first test that shows it."""
    told = set()
    for test in report.tests:
        if test.outcome == "failed":
            is_numbers = not re.search(r"[A-Za-z]", WORDS_OF_NUMBERS.sub("", test.got))
            diagnosis = None if test.diagnosis in told else test.diagnosis
            told.add(test.diagnosis)
            yield replace(
                test,
                got=test.got if is_numbers else "",
                diagnosis=diagnosis,
                message="" if test.expected else _without_code(test.message),
            )


def thread(visit: Visit) -> Response:
    exercise = _asked(visit)
    settings = classroom(visit.member.class_.settings)
    with visit.site.database.reading() as session:
        who = thread_view.reader(session, visit.member, exercise)
        asked = thread_view.questions(session, who)
        answers = thread_view.answers(session, asked)
        is_teacher = may(visit.member.role, Action.WRITE_TO_MANY)
        return visit.page(
            "thread.html",
            exercise=exercise,
            title=settings.catalog.exercise(exercise).title,
            who=who,
            questions=asked,
            answers=answers,
            open=_without_help(asked, answers, visit.member),
            helped=thread_view.helped_others(session, who),
            sharing=thread_view.sharing(session, visit.member, exercise) if is_teacher else {},
            threads=_shown(visit, exercise),
            most=MOST_LETTERS,
        )


def _without_help(asked: Sequence[Post], answers: dict[int, list[Post]], member: Membership) -> int:
    open = (post for post in asked if post.kind == thread_view.QUESTION)
    return sum(
        post.membership_id != member.id and not any(one.has_helped for one in answers[post.id])
        for post in open
    )


def ask(visit: Visit) -> Response:
    exercise = _asked(visit)
    with visit.site.database.reading() as session:
        thread_view.reader(session, visit.member, exercise)
    named, report = _is_checked(visit, "named"), _is_checked(visit, "report")
    _threads(visit).ask(visit.member, exercise, _text(visit), named, report)
    return _back(exercise)


def answer(visit: Visit) -> Response:
    number = _number(visit)
    exercise = _post(visit)[0].exercise
    _threads(visit).answer(visit.member, number, _text(visit), _is_checked(visit, "named"))
    return _back(exercise)


def write_to_many(visit: Visit) -> Response:
    exercise = _asked(visit)
    _threads(visit).write_to_many(visit.member, exercise, visit.text("mistake"), _text(visit))
    return _back(exercise)


def post(visit: Visit) -> Response:
    found, who = _post(visit)
    return visit.page(
        "post.html",
        post=found,
        who=who,
        is_own=found.membership_id == visit.member.id,
        threads=_shown(visit, found.exercise),
        most=MOST_LETTERS,
    )


def change(visit: Visit) -> Response:
    _post(visit)
    return _back(_threads(visit).change(visit.member, _number(visit), _text(visit)).exercise)


def helped(visit: Visit) -> Response:
    return _back(_threads(visit).helped(visit.member, _number(visit)).exercise)


def report(visit: Visit) -> Response:
    why = visit.text("why")
    return _back(_threads(visit).report(visit.member, _number(visit), why).exercise)


def delete(visit: Visit) -> Response:
    return _back(_threads(visit).delete(visit.member, _number(visit)).exercise)


def moderate(visit: Visit) -> Response:
    what, why = visit.text("what"), visit.text("why")
    if what not in MODERATED:
        raise HTTPException(400, OLD_FORM)
    kept = _threads(visit)
    if what == State.DELETED:
        return _back(kept.delete(visit.member, _number(visit), why).exercise)
    return _back(kept.moderate(visit.member, _number(visit), State(what), why).exercise)


def events(visit: Visit) -> Response:
    wanted = (
        select(PostEvent)
        .join(Post)
        .where(Post.class_id == visit.member.class_id)
        .order_by(PostEvent.id.desc())
        .limit(MOST_EVENTS)
    )
    with visit.site.database.reading() as session:
        found = session.scalars(wanted).all()
    return visit.page("post_events.html", events=found, most=MOST_EVENTS)


def _threads(visit: Visit) -> Threads:
    return Threads(visit.site.database)


def _asked(visit: Visit) -> str:
    exercise: str = visit.request.path_params["exercise"]
    if exercise not in classroom(visit.member.class_.settings).points:
        raise NotThere("Your class does not ask for this exercise.")
    return exercise


def _number(visit: Visit) -> int:
    number: int = visit.request.path_params["number"]
    return number


def _post(visit: Visit) -> tuple[Post, Reader]:
    with visit.site.database.reading() as session:
        found, who = thread_view.post_for(session, visit.member, _number(visit))
        if found.hand_in is not None:
            _ = found.hand_in.report  # large, and loaded while it can be
        return found, who


def _shown(visit: Visit, exercise: str) -> Shown:
    points = classroom(visit.member.class_.settings).points.get(exercise, 0.0)
    return Shown(zone_of(visit.member), points)


def _text(visit: Visit) -> str:
    """Several lines. Raises for none, too many, and what cannot be shown."""
    value = visit.form.get("text", "")
    text = value.replace("\r\n", "\n").strip("\n") if isinstance(value, str) else ""
    if not text.strip() or len(text) > MOST_LETTERS:
        raise HTTPException(400, f"Write 1 to {MOST_LETTERS:,} letters.")
    if printable(text) != text:
        raise HTTPException(400, "The text holds letters that cannot be shown. Leave them out.")
    return text


def _is_checked(visit: Visit, name: str) -> bool:
    return name in visit.form


def _back(exercise: str) -> Response:
    return RedirectResponse(f"/exercises/{exercise}/thread", 303)


ROUTES = [
    Route("/exercises/{exercise}/thread", page(Action.ASK, thread)),
    Route("/exercises/{exercise}/thread", page(Action.ASK, ask), methods=["POST"]),
    Route(
        "/exercises/{exercise}/notes", page(Action.WRITE_TO_MANY, write_to_many), methods=["POST"]
    ),
    Route("/posts/{number:int}", page(Action.ASK, post)),
    Route("/posts/{number:int}", page(Action.ASK, change), methods=["POST"]),
    Route("/posts/{number:int}/answer", page(Action.ASK, answer), methods=["POST"]),
    Route("/posts/{number:int}/helped", page(Action.ASK, helped), methods=["POST"]),
    Route("/posts/{number:int}/report", page(Action.ASK, report), methods=["POST"]),
    Route("/posts/{number:int}/delete", page(Action.ASK, delete), methods=["POST"]),
    Route("/posts/{number:int}/moderate", page(Action.MODERATE, moderate), methods=["POST"]),
    Route("/class/posts", page(Action.MODERATE, events)),
]
