"""The day, the cards that are due, and the days in a row."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from quizzes.cards.scheduling import day_of
from tui.study.overview import Overview


class DayLine(Static):
    def show(self, now: datetime, overview: Overview) -> None:
        day = day_of(now)
        parts = [Content(f"{day:%A}, {day.day} {day:%B}")]
        parts += [Content.from_markup(f"[$text-muted]{text}[/]") for text in _news(overview)]
        self.update(Content.from_markup("[$text-muted]  ·  [/]").join(parts))


def _news(overview: Overview) -> list[str]:
    due = {0: "no cards due", 1: "1 card due"}.get(overview.due, f"{overview.due} cards due")
    due += f", {overview.new} new" if overview.new else ""
    if not overview.streak:
        return [due]
    days = f"{overview.streak} day{'s' * (overview.streak > 1)} in a row"
    return [due, days]
