"""The final exam around its questions: what is to be written, handing in, and how it went."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from exercises.errors import CourseError
from tui.app import messages
from tui.app.services import Services
from tui.app.widgets.menu import Choice, Menu
from tui.study.exam import Exam, ExamError, latest
from tui.study.exam_words import details, outcome, what_it_asks, what_to_write
from tui.study.session import Session
from tui.study.targets import ExamTarget, LessonTarget
from tui.text.styled import inline

GO_ON, LOOK, HAND_IN, ANOTHER = "go-on", "look", "hand-in", "another"
ASK = "ask"  # whether an exam is to be handed in that is not whole
TOPIC = "topic:"
REVISITED = 6  # topics at most, so that what follows them is seen as well
MORE = "{} topics went wrong; these are the first. All of it comes back among your mistakes.\n\n"
Desk = tuple[str, list[Choice], str]
"""What is said, what can be chosen, and what is told below."""
CERTIFICATE = "`learn certificate` in your shell writes your certificate."


class ExamDesk(Vertical):
    """Shows the exam that was begun last."""

    DEFAULT_CSS = """
    ExamDesk { height: auto; }
    ExamDesk Static { height: auto; margin: 0 0 1 0; }
    ExamDesk #details { margin: 1 0 0 0; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def compose(self) -> ComposeResult:
        yield Static(id="said", markup=False)
        yield Menu()
        yield Static(id="details", markup=False)  # below what can be chosen, for small screens

    async def on_mount(self) -> None:
        await self._look()
        self.query_one(Menu).focus()

    async def _look(self, problem: str = "") -> None:
        said, choices, below = await self._services.session_thread.ask(_desk)
        self._show(f"{problem}\n\n{said}" if problem else said, choices, below)

    def _show(self, said: str, choices: list[Choice], details: str = "") -> None:
        self.query_one("#said", Static).update(said)
        self.query_one(Menu).fill(choices)
        self.query_one("#details", Static).update(details)

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        chosen = event.option.id or ""
        match chosen:
            case "go-on":
                self.post_message(messages.Go.to(ExamTarget()))
            case "another":
                self.post_message(messages.Go.to(ExamTarget(new=True)))
            case "look":
                await self._look()
            case "ask":
                self._show(*await self._services.session_thread.ask(_doubt))
            case "hand-in":
                self.run_worker(self._hand_in(), group="grading: submit", exclusive=True)
            case _:
                self.post_message(messages.Go.to(LessonTarget(chosen.removeprefix(TOPIC))))

    async def _hand_in(self) -> None:
        """Nothing is kept before all is graded: who leaves meanwhile has not handed in."""
        from grader.errors import GraderError

        session_thread, grader = self._services.session_thread, self._services.grader
        try:
            exam = await session_thread.ask(_exam)
            submissions = await session_thread.ask(lambda session: exam.submissions())
            graded = []
            for number, submission in enumerate(submissions, start=1):
                self._show(f"Grading exercise {number} of {len(submissions)} …", [])
                graded.append((submission, await grader.grade(submission)))
            now = self._services.clock()
            await session_thread.ask(lambda session: exam.finish(graded, now))
        except (CourseError, GraderError) as error:
            await self._look(str(error))
        else:
            await self._look()
        self.query_one(Menu).focus()


def _exam(session: Session) -> Exam:
    exam = latest(session)
    if exam is None:  # progress was reset meanwhile
        raise ExamError("There is no exam. Begin one from the menu of the quiz.")
    return exam


def _desk(session: Session) -> Desk:
    """Of the exam as it is now."""
    exam = _exam(session)
    if exam.record.finished:
        return _after(session, exam)
    if exam.round.current:
        said = f"{len(exam.round.verdicts)} of {len(exam.round.questions)} answered."
        return f"{what_it_asks(exam)}\n{said}", [(GO_ON, Content("Go on"))], ""
    exam.write_stubs()
    stubs = len(exam.unwritten())
    hand_in = (HAND_IN, "Hand in")
    if stubs:
        hand_in = (ASK, f"Hand in, with {stubs} of {len(exam.exercises)} unwritten")
    return (
        f"{what_to_write(exam)}\nThey are graded once, when you hand in.",
        [(LOOK, Content("See what is written by now")), (hand_in[0], Content(hand_in[1]))],
        "",
    )


def _doubt(session: Session) -> Desk:
    """An exam is handed in once: who forgot an exercise can still write it."""
    names = ", ".join(exercise.title for exercise in _exam(session).unwritten())
    return (
        f"Not written yet, so these cannot pass: {names}.\nHand in all the same?",
        [(LOOK, Content("No, I go on writing")), (HAND_IN, Content("Yes, hand in"))],
        "",
    )


def _after(session: Session, exam: Exam) -> Desk:
    result = exam.result()
    said = outcome(result)
    if result.record.passed:
        said = f"{said}\n{CERTIFICATE}"
    topics = session.catalog.topics
    wrong = [topics[id][1] for id in result.revisit if id in topics]
    choices = [
        *((f"{TOPIC}{each.id}", inline(f"Revisit: {each.title}")) for each in wrong[:REVISITED]),
        (ANOTHER, Content("Another exam")),
    ]
    more = MORE.format(len(wrong)) if len(wrong) > REVISITED else ""
    return said, choices, more + details(result)
