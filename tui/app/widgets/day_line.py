"""The day, the cards that are due, and the days in a row."""

from __future__ import annotations

from datetime import datetime

from textual.content import Content
from textual.widgets import Static

from exercises.words import plural
from quizzes.cards.scheduling import DAY_STARTS, day_of
from tui.study.overview import Overview
from tui.text.words import in_a_row


class DayLine(Static):
    def show(self, now: datetime, overview: Overview) -> None:
        day = day_of(now)
        parts = [Content(f"{day:%A}, {day.day} {day:%B}")]
        if day != now.date():  # who sits up late learns when the new day begins
            ends = datetime.min + DAY_STARTS
            parts.append(Content.styled(f"this day ends at {ends:%H:%M}", "$text-muted"))
        parts += [Content.from_markup(f"[$text-muted]{text}[/]") for text in _news(overview)]
        self.update(Content.from_markup("[$text-muted]  ·  [/]").join(parts))


def _news(overview: Overview) -> list[str]:
    due = f"{plural(overview.due, 'card') if overview.due else 'no cards'} due"
    due += f", {overview.new} new" if overview.new else ""
    return list(filter(None, (due, in_a_row(overview.streak))))
