"""What this day still holds after the next step, and the week."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widget import Widget

from exercises.words import plural
from tui.app import messages
from tui.planning.describe import Step, time_of
from tui.planning.tasks import TaskKind
from tui.study.overview import Overview

WORDS: dict[TaskKind, str] = {
    "review": "cards",
    "mistakes": "again",
    "rewrite": "recall",
    "reading": "read",
    "quiz": "quiz",
    "exercise": "build",
    "done": "",
}
LONGEST, SHORTEST = 6, 3  # tasks that are named; of the others their number is told
HIGH = 30  # rows of a terminal in which the week has room
CELL = 5


class DayList(Widget):
    """A click does a task before its turn."""

    def __init__(self) -> None:
        super().__init__()
        self._overview: Overview | None = None

    def show(self, overview: Overview) -> None:
        self._overview = overview
        self.refresh(layout=True)

    def on_click(self, event: Click) -> None:
        if self._overview and (number := event.style.meta.get("task")) is not None:
            self.post_message(messages.Do(self._overview.later[number]))

    def render(self) -> Content:
        if not self._overview:
            return Content("")
        if self.app.size.height < HIGH:
            return Content("\n").join(_tasks(self._overview, SHORTEST))
        lines = _tasks(self._overview, LONGEST)
        return Content("\n").join([*lines, Content(""), *_week(self._overview)])


def _tasks(overview: Overview, most: int) -> list[Content]:
    later = overview.later
    if not later:
        return [Content.styled(_nothing_more(overview), "$text-muted")]
    lines = [Content.styled("Then, today:", "$text-muted")]
    lines += [_task(number, step) for number, step in enumerate(later[:most])]
    if len(later) > most:
        minutes = plural(round(sum(step.minutes for step in later[most:])), "minute")
        more = f"  and {len(later) - most} more, {minutes}"
        lines.append(Content.styled(more, "$text-muted"))
    return lines


def _nothing_more(overview: Overview) -> str:
    if overview.step.kind == "done":
        return "Nothing is planned. The Lab, the cards and any exercise stay open."
    if overview.is_over:
        return _what_comes(overview)
    return "After that, nothing more is planned for today."


def _what_comes(overview: Overview) -> str:
    """When there is something again, after a day that is over."""
    _, *days = overview.week
    day = next((day for day in days if day.minutes or day.cards), None)
    if day is None:
        return "Nothing more is planned for this week."
    when = "Tomorrow" if day is days[0] else f"On {day.date:%A}"
    parts = [f"about {plural(round(day.minutes), 'minute')}"] if day.minutes else []
    parts += [f"{plural(day.cards, 'card')} due"] if day.cards else []
    return f"{when}: {', '.join(parts)}."


def _task(number: int, step: Step) -> Content:
    minutes = time_of(step).removeprefix("about ").removesuffix(" today")
    return Content.assemble(
        (f"  {WORDS[step.kind]:<7}", "$accent"), step.title, (f"   {minutes}", "$text-muted")
    ).stylize(Style.from_meta({"task": number}))


def _week(overview: Overview) -> list[Content]:
    """A column for each day, today first."""
    days = overview.week
    names = "".join(f"{day.date:%a}".rjust(CELL) for day in days)
    return [
        Content.styled(f"{'This week':<14}{names}", "b"),
        _row("minutes", [round(day.minutes) for day in days]),
        _row("cards due", [day.cards for day in days]),
    ]


def _row(label: str, numbers: list[int]) -> Content:
    cells = "".join(f"{number or '·'}".rjust(CELL) for number in numbers)
    return Content.assemble((f"  {label:<12}", "$text-muted"), cells)
