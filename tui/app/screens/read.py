"""Read: a lesson step by step, with a question after each."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Markdown, Static

from exercises.errors import CourseError
from quizzes.questions.question import Asked, BadAnswer
from tui.app import messages
from tui.app.screens.contents import ContentsScreen
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.question_view import QuestionView
from tui.app.widgets.scroll import Scroll
from tui.app.widgets.step_view import StepView
from tui.app.widgets.topic_end import TopicEnd
from tui.figures.lab_process import setting
from tui.planning.describe import Step
from tui.study import lesson_reading as reading
from tui.study.lesson_reading import LessonReading
from tui.study.targets import ExerciseTarget, FigureTarget, LessonTarget
from tui.text.lesson_pages import contents
from tui.text.words import fitted

COMPUTING = "The figure is being computed …"


class LessonText(Scroll):
    """Space turns a page while there is more to read; at the end it is left to the lesson."""

    BINDINGS = [Binding("space", "turn", "Page down", show=False, tooltip="A page down")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "turn":
            return self.scroll_y + self._rest < self.max_scroll_y
        return super().check_action(action, parameters)

    @property
    def _rest(self) -> int:
        """The last lines that hold nothing to read: blank ones, and what Space does next."""
        return 1 + 2 * bool(self.query(".next"))

    def action_turn(self) -> None:
        self.scroll_page_down(animate=False)


class ReadPage(Page[LessonTarget]):
    PLACE = "read"
    CSS_PATH = "../styles/read.tcss"
    BINDINGS = [
        Binding("space,n,enter", "next", "Next", key_display="Space", tooltip="Read on"),
        Binding("escape", "leave", "Back", tooltip="Back to the text, without an answer"),
        Binding("b,p", "back", "Back", key_display="b", tooltip="The step before"),
        Binding("t", "try_again", "Try again", tooltip="The same question, with other numbers"),
        Binding("c", "contents", "Contents", tooltip="Jump to a section"),
        Binding("x", "exercise", "Exercise", tooltip="To the exercise of this step"),
        Binding("l", "lab", "Lab", tooltip="Turn the parameters of this figure"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._lesson: LessonReading | None = None
        self._following: Step | None = None  # once the end of a topic is on the screen
        self._left: tuple[Asked | None, str] = None, ""  # what was typed by who then looked back

    def content(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        with LessonText(id="text"):
            yield Vertical(id="page")

    async def load(self) -> None:
        if self._lesson is None or self._target is not None:
            target = self.take_target()
            self._lesson = await self.services.session_thread.ask(
                lambda session: reading.open_lesson(session, target)
            )
            await self._show_step()

    # what is shown

    @property
    def _question(self) -> QuestionView | None:
        """The question on the screen."""
        return next(iter(self.query(QuestionView)), None)

    @property
    def _is_asking(self) -> bool:
        """While a question is open, keys belong to it: letters are answers."""
        question = self._question if self.is_mounted else None
        return question is not None and question.verdict is None

    async def _show_step(self) -> None:
        lesson = self._lesson
        assert lesson
        self._following = None
        view = StepView(lesson.step, self._what_space_does(lesson))
        await self._put(view)
        self.query_one("#text").focus()
        await self.services.session_thread.ask(reading.keep_place(lesson, self.services.clock()))
        self.run_worker(self._draw(view), group="figures", exclusive=True)

    async def _show_question(self, view: QuestionView) -> None:
        await self._put(view)
        view.take_focus()

    async def _show_end(self, lesson: LessonReading) -> None:
        self._following = await self.services.session_thread.ask(
            reading.finish_topic(lesson, self.services.clock())
        )
        await self._put(TopicEnd(lesson, self._following))
        self.query_one("#text").focus()

    async def _put(self, view: Widget) -> None:
        await self.replace("#page", view)
        self.query_one("#text").scroll_home(animate=False)
        self.query_one("#head", Static).update(self._head())
        self.refresh_bindings()

    async def _draw(self, view: StepView) -> None:
        for call, figure_view in view.figures:
            figure_view.say(COMPUTING)
            try:
                settings = dict(map(setting, call.settings))
                figure_view.show(await self.services.lab.figure(call.name, settings))
            except CourseError as error:
                figure_view.say(str(error))

    def _head(self) -> str:
        lesson = self._lesson
        if lesson is None:
            return ""
        step, width = lesson.step, self.size.width - 4
        place = "{}/{}".format(*lesson.place)
        kind = step.part
        if view := self._question:
            kind = "question, again" if lesson.is_return(view.asked.question) else "question"
        title = " · ".join(filter(None, (str(lesson.chapter.number), step.title, kind)))
        room = width - len(place) - 2
        return fitted(title, room).ljust(width - len(place)) + place

    def _what_space_does(self, lesson: LessonReading) -> str:
        if lesson.question:
            return "Space: a question"
        return "Space: finish the topic" if lesson.ends_topic else "Space: continue"

    # keys

    async def action_next(self) -> None:
        lesson, question = self._lesson, self._question
        if lesson is None:
            return
        if self._following:
            await self._go_on(lesson, self._following)
        elif not question and (asked := lesson.question):
            left, typed = self._left
            await self._show_question(QuestionView(asked, typed if left == asked else ""))
        elif lesson.ends_topic:
            await self._show_end(lesson)
        else:
            lesson.at += 1
            await self._show_step()

    async def _go_on(self, lesson: LessonReading, step: Step) -> None:
        """To what is next; where the topic was only looked at, to the next one."""
        if not lesson.unseen:
            self.post_message(messages.Do(step))
        elif lesson.is_last:
            self.post_message(messages.Go("today"))
        else:
            lesson.at += 1
            await self._show_step()

    async def action_back(self) -> None:
        lesson = self._lesson
        if self._is_asking and (question := self._question):
            self._left = question.asked, question.typed
        if lesson and (lesson.at > 0 or self._question or self._following):
            lesson.at -= not (self._question or self._following)
            await self._show_step()

    async def action_try_again(self) -> None:
        if self._lesson and self._question:
            asked = self._lesson.again(self._question.asked.question)
            await self._show_question(QuestionView(asked))

    def action_contents(self) -> None:
        if self._lesson:
            chapters = self.services.session_thread.session.catalog.chapters
            others = [each for each in chapters if each.id != self._lesson.chapter.id]
            parts = contents(self._lesson.steps)
            self.app.push_screen(ContentsScreen(others, parts, self._lesson.at), self._jump)

    def action_exercise(self) -> None:
        if self._lesson and self._lesson.step.exercises:
            self.post_message(messages.Go.to(ExerciseTarget(self._lesson.step.exercises[0])))

    def action_lab(self) -> None:
        if self._lesson and self._lesson.step.figures:
            call = self._lesson.step.figures[0]
            self.post_message(
                messages.Go.to(FigureTarget(call.name, dict(map(setting, call.settings))))
            )

    async def action_leave(self) -> None:
        await self.action_back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        lesson = self._lesson
        if self._is_asking != (action == "leave"):
            return False
        if action == "try_again":
            verdict = self._question.verdict if self._question else None
            return verdict is not None and not verdict.right
        if action == "exercise":
            return bool(lesson and lesson.step.exercises)
        if action == "lab":
            return bool(lesson and lesson.step.figures)
        return lesson is not None

    async def _jump(self, chosen: int | str | None) -> None:
        if isinstance(chosen, str):
            self.open(LessonTarget(chosen, resume=True))
            self.arrive()
        elif chosen is not None and self._lesson:
            self._lesson.at = chosen
            await self._show_step()

    # messages

    async def on_answer_given(self, message: messages.AnswerGiven) -> None:
        view, lesson = self._question, self._lesson
        if view is None or lesson is None or view.verdict:
            return
        try:
            now = self.services.clock()
            verdict = await self.services.session_thread.ask(
                reading.answer(lesson, view.asked, message.typed, now)
            )
        except BadAnswer as problem:
            view.complain(str(problem))
            return
        await view.explain(verdict)
        self.query_one("#text").focus()
        self.refresh_bindings()

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        if event.href.startswith("#"):
            self.open(LessonTarget(event.href[1:]))
            self.arrive()
        else:
            self.app.open_url(event.href)
