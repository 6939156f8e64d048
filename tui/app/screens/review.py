"""Review: one flashcard after the other. Recall, look, and say how well you knew it."""

from __future__ import annotations

import time
from typing import cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from quizzes.cards.scheduling import Rating
from tui.app import messages
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.card_view import CardView
from tui.app.widgets.scroll import Scroll
from tui.study.review_session import ReviewSession
from tui.study.review_words import leech_note, postponed_note
from tui.study.targets import LessonTarget, ReviewTarget

DONE = (
    "Done for today: {} reviewed. What you have just seen comes back when it is nearly forgotten."
)

ONWARD = "Enter goes on with what is next."


class ReviewPage(Page[ReviewTarget]):
    PLACE = "review"
    CSS_PATH = "../styles/quiz.tcss"
    BINDINGS = [
        Binding("space,enter", "reveal", "Show", key_display="Space", tooltip="Show the answer"),
        Binding("enter", "go_on", "Go on", tooltip="On to the next step"),
        Binding("1", "rate(1)", "again", key_display="1", tooltip="I did not know it"),
        Binding("2", "rate(2)", "hard", key_display="2", tooltip="I knew it with effort"),
        Binding("3", "rate(3)", "good", key_display="3", tooltip="I knew it"),
        Binding("4", "rate(4)", "easy", key_display="4", tooltip="I knew it at once"),
        Binding("u", "undo", "Undo", tooltip="Take back the last rating"),
        Binding("l", "lesson", "Lesson", tooltip="Read about this card"),
    ]

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._session: ReviewSession | None = None
        self._shown_at = 0.0

    def content(self) -> ComposeResult:
        yield Static(id="head", markup=False)
        with Scroll(id="text", can_focus=True):
            yield Vertical(id="page")

    async def load(self) -> None:
        """A session that has cards left goes on; else a new one looks what is due now."""
        if self._session is None or self._session.current is None:
            now = self.services.clock()
            self._session = await self.services.session_thread.ask(
                lambda session: ReviewSession(session, now)
            )
            await self._show()

    @property
    def _card(self) -> CardView | None:
        return next(iter(self.query(CardView)), None)

    async def _show(self) -> None:
        session = self._session
        assert session
        card = session.current
        if card is None:
            await self._put("", Static(_farewell(session)))
            return
        schedule = session.schedules.get(card.id)
        left = f"{session.left} left" + ("" if schedule else " · new")
        await self._put(left, CardView(card, leech_note(schedule)))
        self._shown_at = time.monotonic()

    async def _put(self, head: str, view: Widget) -> None:
        await self.replace("#page", view)
        self.query_one("#head", Static).update(head)
        self.query_one("#text").scroll_home(animate=False)
        self.query_one("#text").focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        card = self._card if self.is_mounted else None
        if action == "rate":
            return bool(card and card.is_revealed)
        if action == "reveal":
            return bool(card and not card.is_revealed)
        if action == "go_on":
            return self._session is not None and card is None
        if action == "undo":
            return bool(self._session and self._session.count)
        return card is not None if action == "lesson" else True

    async def action_reveal(self) -> None:
        card, session, now = self._card, self._session, self.services.clock()
        if card and session and not card.is_revealed:
            card.reveal(await self.services.session_thread.ask(lambda _: session.intervals(now)))
            self.refresh_bindings()

    async def action_rate(self, rating: int) -> None:
        session, now = self._session, self.services.clock()
        if session is None or session.current is None:
            return
        spent = round((time.monotonic() - self._shown_at) * 1000)
        await self.services.session_thread.ask(
            lambda _: session.rate(cast(Rating, rating), now, spent)
        )
        await self._show()

    async def action_undo(self) -> None:
        session, now = self._session, self.services.clock()
        if session:
            await self.services.session_thread.ask(lambda _: session.undo(now))
            await self._show()

    async def action_go_on(self) -> None:
        now = self.services.clock()
        step = await self.services.session_thread.ask(lambda session: session.next_step(now))
        self.post_message(messages.Do(step))

    def action_lesson(self) -> None:
        if card := self._card:
            self.post_message(messages.Go.to(LessonTarget(card.card.topic)))


def _farewell(session: ReviewSession) -> str:
    said = DONE.format(session.count) if session.count else session.when_empty
    return "\n\n".join(filter(None, (said, postponed_note(session.plan), ONWARD)))
