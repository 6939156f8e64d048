"""Quiz: choose what to be asked, answer, and see what to revisit."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from exercises.catalog import Chapter
from quizzes.questions.question import BadAnswer
from tui.app import messages
from tui.app.rounds import Offer, rounds, testouts
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.exam_desk import ExamDesk
from tui.app.widgets.menu import Menu
from tui.app.widgets.question_view import QuestionView
from tui.app.widgets.scroll import Scroll
from tui.study.exam import ExamRound
from tui.study.quiz_round import MAX_SEED, Round, TestOutRound
from tui.study.rounds import begin_round
from tui.study.targets import AnyQuiz, LessonTarget
from tui.text.styled import inline

# Only what takes longer than this is announced: a grader looks at a colleague's file first.
PATIENCE = 0.3
PREPARING = "The questions are being made …"
NO_ATTEMPT = "{} of {} questions are open, and only a whole round counts. Escape once more ends it."
QuizChoice = tuple[AnyQuiz | LessonTarget | Callable[[], Awaitable[None]], Content]
"""What a line of the menu leads to, or does, and the line."""


class QuizPage(Page[AnyQuiz]):
    PLACE = "quiz"
    CSS_PATH = "../styles/quiz.tcss"
    BINDINGS = [
        Binding("enter,space,n", "next", "Next", key_display="Enter", tooltip="The next question"),
        # No letter: letters are answers.
        Binding("escape", "end", "End", tooltip="End the round; what you answered is kept"),
        Binding("escape", "back", "Back", tooltip="Back to what the questions may be about"),
    ]

    def __init__(
        self,
        services: Services,
        seed: Callable[[], int] = lambda: secrets.randbelow(MAX_SEED),
    ) -> None:
        super().__init__(services)
        self._seed = seed
        self._round: Round | None = None
        self._chosen: AnyQuiz | None = None  # what the last round is about
        self._is_testing_out = False  # while the chapters to test out of are shown
        self._choices: list[QuizChoice] = []
        self._gives_up = False  # Escape was pressed, which once more ends a test-out

    def content(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        with Scroll(id="text"):
            yield Vertical(id="page")

    async def load(self) -> None:
        if target := self.take_target():
            await self._start(target)
        elif self._round is None:
            await self._show_menu()

    # what is shown

    @property
    def _chapters(self) -> tuple[Chapter, ...]:
        return self.services.catalog.chapters

    @property
    def _question(self) -> QuestionView | None:
        return next(iter(self.query(QuestionView)), None)

    async def _show_menu(self) -> None:
        self._round, self._is_testing_out = None, False
        *others, exam = _choices(rounds(self._chapters))
        testing_out: QuizChoice = (self._show_testouts, Content("Test out of a chapter …"))
        await self._put_menu("What shall the questions be about?", [*others, testing_out, exam])

    async def _show_testouts(self) -> None:
        self._is_testing_out = True
        await self._put_menu(
            "Which chapter do you know? Passing opens what follows it.",
            [
                *_choices(testouts(self._chapters)),
                (self._show_menu, Content("Something else")),
            ],
        )

    async def _go_on(self) -> None:
        self._round, now = None, self.services.clock()
        step = await self.services.session_thread.ask(lambda it: it.next_step(now))
        self.post_message(messages.Do(step))

    async def _start(self, target: AnyQuiz) -> None:
        self._chosen, self._is_testing_out = target, False
        seed, now = self._seed(), self.services.clock()
        waiting = self.set_timer(PATIENCE, self._announce)
        try:
            self._round = await self.services.session_thread.ask(
                lambda session: begin_round(session, target, seed, now)
            )
        finally:
            waiting.stop()
        if self._round.current:
            await self._show_question(self._round)
        else:  # an exam whose questions are answered
            await self._show_result(self._round)

    def _announce(self) -> None:
        self.query_one("#head", Static).update(PREPARING)

    async def _show_question(self, round: Round) -> None:
        asked = round.current
        assert asked
        self._gives_up = False
        view = QuestionView(asked)
        number = f"Question {len(round.verdicts) + 1} of {len(round.questions)}"
        await self._put(number + _about(round), view)
        view.take_focus()

    async def _show_result(self, round: Round) -> None:
        if isinstance(round, ExamRound):
            await self._put("The final exam", ExamDesk(self.services))
            return
        answered = len(round.verdicts)
        said = f"{round.correct} of {answered} right." if answered else "Nothing was answered."
        if isinstance(round, TestOutRound) and answered:
            said = f"{said} {_outcome(round)}."
        topics = self.services.catalog.topics
        revisit = [topics[topic][1] for topic in round.revisit if topic in topics]
        assert self._chosen
        await self._put_menu(
            said,
            [
                *((LessonTarget(topic.id), inline(f"Revisit: {topic.title}")) for topic in revisit),
                (self._go_on, Content("On to what is next")),
                (self._chosen, Content("Another round of these")),
                (self._show_menu, Content("Something else")),
            ],
        )

    async def _put_menu(self, head: str, choices: list[QuizChoice]) -> None:
        self._choices = choices
        menu = Menu(*((str(place), line) for place, (_, line) in enumerate(choices)))
        await self._put(head, menu)
        menu.focus()

    async def _put(self, head: str, view: Widget) -> None:
        await self.replace("#page", view)
        self.query_one("#head", Static).update(head)
        self.query_one("#text").scroll_home(animate=False)
        self.refresh_bindings()

    # keys and messages

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        question = self._question if self.is_mounted else None
        if action == "next":
            return bool(question and question.verdict)
        if action == "back":
            return question is None and self._is_testing_out
        return question is not None if action == "end" else True

    async def action_next(self) -> None:
        round = self._round
        if round is None:
            return
        if round.current:
            await self._show_question(round)
        else:
            await self._show_result(round)

    async def action_end(self) -> None:
        round = self._round
        if isinstance(round, TestOutRound) and round.current and not self._gives_up:
            self._gives_up = True
            asked = len(round.questions)
            self.notify(NO_ATTEMPT.format(asked - len(round.verdicts), asked))
        elif round:
            await self._show_result(round)

    async def action_back(self) -> None:
        await self._show_menu()

    async def on_answer_given(self, message: messages.AnswerGiven) -> None:
        view, round = self._question, self._round
        if view is None or round is None or view.verdict:
            return
        now = self.services.clock()
        try:
            verdict = await self.services.session_thread.ask(
                lambda session: round.answer(message.typed, now)
            )
        except BadAnswer as problem:
            view.complain(str(problem))
            return
        if not round.explains:
            await self.action_next()
            return
        await view.explain(verdict)
        self.query_one("#text").focus()
        self.refresh_bindings()

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        match self._choices[event.option_index][0]:
            case LessonTarget() as lesson:
                self._round = None
                self.post_message(messages.Go.to(lesson))
            case do if callable(do):
                await do()
            case quiz:
                self.open(quiz)
                self.arrive()


def _choices(offers: Iterable[Offer]) -> list[QuizChoice]:
    return [(offer.target, Content(offer.title)) for offer in offers]


def _about(round: Round) -> str:
    return f" · {round.needed} must be right" if isinstance(round, TestOutRound) else ""


def _outcome(round: TestOutRound) -> str:
    if round.current:
        return "It was not answered to its end, and does not count"
    return "You have tested out" if round.passed else f"{round.needed} were needed"
