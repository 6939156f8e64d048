"""The one thing to do next, and why."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui.app import messages
from tui.planning.describe import Step, time_of
from tui.planning.tasks import TaskKind
from tui.study.overview import Bookmark

LABELS: dict[TaskKind, str] = {
    "review": "flashcards",
    "mistakes": "what went wrong once",
    "rewrite": "code, from memory",
    "reading": "reading",
    "quiz": "a quiz",
    "exercise": "an exercise",
    "done": "what you like",
}

TESTOUT = " You know the chapter? Press t: a few questions take you past it."


class NextStep(Static):
    """A click does the step."""

    def __init__(self) -> None:
        super().__init__()
        self._step: Step | None = None

    def show(self, step: Step, bookmark: Bookmark | None) -> None:
        self._step = step
        place = f"Continue · step {bookmark.at} of {bookmark.total}" if bookmark else ""
        self.update(
            Content.from_markup(
                "[$accent]$label[/][$text-muted]$time[/]$place\n"
                "[b]$title[/]\n$summary\n[$text-muted]$reason[/]",
                label=f"{'If you want more' if step.beyond else 'Next'}: {LABELS[step.kind]}",
                time=f"   {time_of(step)}" if step.estimate else "",
                title=step.title,
                place=f"   {place}" if place else "",
                summary=step.summary,
                reason=step.reason + (TESTOUT if step.testout else ""),
            )
        )

    def on_click(self) -> None:
        if self._step:
            self.post_message(messages.Do(self._step))
