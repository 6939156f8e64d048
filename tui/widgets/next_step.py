"""The one thing to do next, and why."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tui import messages
from tui.steps import Step

LABELS = {
    "reading": "Read",
    "exercise": "Exercise",
    "quiz": "Quiz",
    "review": "Review",
    "done": "Done",
}


class NextStep(Static):
    """A click does the step."""

    def __init__(self) -> None:
        super().__init__()
        self._step: Step | None = None

    def show(self, step: Step) -> None:
        self._step = step
        self.update(
            Content.from_markup(
                "[$accent]$label[/]\n[b]$title[/]\n$summary\n[$text-muted]$reason[/]",
                label=f"Next: {LABELS.get(step.kind, step.kind).lower()}",
                title=step.title,
                summary=step.summary,
                reason=step.reason,
            )
        )

    def on_click(self) -> None:
        if self._step:
            self.post_message(messages.Do(self._step))
