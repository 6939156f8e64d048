"""A flashcard: its front; then also its back, and when it would come again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widgets import Static

from quizzes.cards.card import CLOZE_GAP, Card
from quizzes.cards.scheduling import RATINGS, Rating
from tui.app.widgets.prose import CourseText
from tui.study.review_words import span


class CardView(Vertical):
    DEFAULT_CSS = """
    CardView {
        height: auto;
        max-width: 92;
        & > #back { display: none; padding-top: 1; border-top: solid $panel; }
        & > #note { color: $warning; margin-bottom: 1; }
        &.revealed > #back { display: block; }
        &.cloze.revealed > #front { display: none; }
        &.cloze > #back { padding: 0; border: none; }
    }
    """

    def __init__(self, card: Card, note: str = "") -> None:
        super().__init__()
        self.card = card
        self.is_revealed = False
        self._note = note
        self._choices = Static(id="choices")

    def compose(self) -> ComposeResult:
        yield CourseText(self.card.front, id="front")
        yield CourseText(_back(self.card), id="back")
        if self._note:
            yield Static(self._note, id="note", markup=False)
        yield self._choices

    def on_mount(self) -> None:
        self.add_class(self.card.kind)
        self._choices.update(
            Content.styled("Recall the answer, then Space shows it.", "$text-muted")
        )

    def reveal(self, intervals: Mapping[Rating, timedelta]) -> None:
        self.is_revealed = True
        self.add_class("revealed")
        self._choices.update(
            Content("   ").join(
                Content.assemble(
                    (str(rating), "bold $accent"),
                    f" {name} ",
                    (span(intervals[rating]), "$text-muted"),
                ).stylize(Style.from_meta({"rating": rating}))
                for rating, name in RATINGS.items()
            )
        )

    async def on_click(self, event: Click) -> None:
        rating = event.style.meta.get("rating")
        await self.run_action(f"screen.rate({rating})" if rating else "screen.reveal")


def _back(card: Card) -> str:
    """A cloze is shown once more in full, with what was hidden in bold."""
    if card.hidden and "\n" not in card.hidden and "$$" not in card.hidden:
        return card.front.replace(CLOZE_GAP, f"**{card.hidden.strip()}**")
    return card.back
