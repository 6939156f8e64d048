"""Progress: the days, the hours, what is remembered, and how much of each topic is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Never

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList

from exercises.words import plural
from tui.app import messages
from tui.app.screens.page import Page
from tui.app.services import Services
from tui.app.widgets.menu import Menu
from tui.app.widgets.plots import bar, calendar, columns
from tui.app.widgets.scroll import Scroll
from tui.study.mastery import Share, TopicMastery
from tui.study.statistics import MadeMistake, Statistics, statistics
from tui.text.words import in_a_row

LATEST, ALL = 5, "all"  # of the mistakes, how many are listed at first; the line for the others
BAR = 12
LEGEND = "known of all: ex exercises, qu questions, ca cards"


class ProgressPage(Page[Never]):
    PLACE = "progress"
    CSS_PATH = "../styles/progress.tcss"

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._mistakes: tuple[MadeMistake, ...] = ()

    def content(self) -> ComposeResult:
        with Scroll():
            yield Plots(_activity)
            yield Menu(id="mistakes")
            yield Plots(_topics)

    async def load(self) -> None:
        now = self.services.clock()
        found = await self.services.session_thread.ask(lambda session: statistics(session, now))
        for plots in self.query(Plots):
            plots.show(found)
        if found.mistakes != self._mistakes:
            self._mistakes = found.mistakes
            self._list(LATEST)

    def _list(self, most: int) -> None:
        """The latest mistakes, and a line for the others."""
        lines = [(str(place), _line(each)) for place, each in enumerate(self._mistakes[:most])]
        if more := len(self._mistakes) - len(lines):
            lines.append((ALL, Content.styled(f"{more} more …", "$text-muted")))
        self.query_one("#mistakes", Menu).fill(lines)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id == ALL:
            self._list(len(self._mistakes))
            event.option_list.highlighted = LATEST
        elif target := self._mistakes[event.option_index].target:
            self.post_message(messages.Go.to(target))


class Plots(Widget):
    """Draws what was counted, as wide as there is room."""

    def __init__(self, draw: Callable[[Statistics, int], Iterable[Content]]) -> None:
        super().__init__()
        self._draw = draw
        self._found: Statistics | None = None

    def show(self, found: Statistics) -> None:
        self._found = found
        self.refresh(layout=True)

    def render(self) -> Content:
        if (found := self._found) is None:
            return Content("")
        return Content("\n\n").join(self._draw(found, self.content_size.width))


def _activity(found: Statistics, width: int) -> Iterator[Content]:
    """What was done, up to the head of the mistakes' list."""
    yield _summary(found)
    yield _section("Days", calendar(found.days, found.today, min(width, 72)))
    yield _hours(found)
    yield _recall(found)
    if found.mistakes:
        yield _title("Mistakes", "Tab, then Enter: where one is explained")
    else:
        text = "None is known. What checks and quizzes name will be listed here, and come back."
        yield _section("Mistakes", Content.styled(text, "$text-muted"))


def _topics(found: Statistics, width: int) -> Iterator[Content]:
    yield _section("Topics", Content("\n").join(_topic_lines(found.topics, width)), LEGEND)


def _section(title: str, body: Content, note: str = "") -> Content:
    return Content("\n").join((_title(title, note), body))


def _title(title: str, note: str) -> Content:
    return Content.assemble((title, "bold"), (f"   {note}" if note else "", "$text-muted"))


def _summary(found: Statistics) -> Content:
    passed = f"{found.passed} of {found.exercises} exercises passed"
    parts = (passed, in_a_row(found.streak), f"{plural(len(found.days), 'day')} in all")
    return Content.styled("  ·  ", "$text-muted").join(map(Content, filter(None, parts)))


def _hours(found: Statistics) -> Content:
    counted = "counted between steps less than 10 minutes apart"
    if not any(found.hours):
        text = f"Nothing in the last four weeks, {counted}."
        return _section("Time", Content.styled(text, "$text-muted"))
    most = max(found.hours)
    lines = columns(found.hours, most)
    labels = [f"{_time(most):>6} ", *[" " * 7] * (len(lines) - 2), f"{'0':>6} "]
    plot = Content("\n").join(
        Content.assemble((label, "$text-muted"), (line, "$accent"))
        for label, line in zip(labels, lines, strict=True)
    )
    ago = f"\n{'':<7}{'four weeks ago':<{2 * len(found.hours) - 6}}today"
    note = f"{_time(found.all_hours)} in all, {counted}"
    return _section("Time", Content.assemble(plot, (ago, "$text-muted")), note)


def _time(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{hours * 60:.0f} min"


def _recall(found: Statistics) -> Content:
    goal = f"your goal is {found.goal:.0%}"
    if not any(week.total for week in found.recall):
        text = "No learnt card has come back yet."
        return _section("Cards remembered", Content.styled(text, "$text-muted"), goal)
    shares = [week.known / week.total if week.total else None for week in found.recall]
    lines = columns(shares, 1.0)
    labels = [f"{'100%':>6} ", *[" " * 7] * (len(lines) - 2), f"{'0%':>6} "]
    plot = [
        Content.assemble((label, "$text-muted"), (line, "$accent"))
        for label, line in zip(labels, lines, strict=True)
    ]
    last = next(week for week in reversed(found.recall) if week.total)
    note = f"{last.known} of {last.total} in the latest week; {goal}"
    ago = f"\n{'':<7}{'12 weeks ago':<{2 * len(shares) - 4}}now"
    body = Content.assemble(Content("\n").join(plot), (ago, "$text-muted"))
    return _section("Cards remembered", body, note)


def _line(mistake: MadeMistake) -> Content:
    when = (f"   {mistake.returns}", "$text-muted")
    return Content.assemble((mistake.where, "bold"), when, f"\n{mistake.says}")


def _topic_lines(topics: tuple[TopicMastery, ...], width: int) -> Iterator[Content]:
    name = max((len(found.topic.title) for found in topics), default=0)
    name = min(name, max(20, width - BAR - 38))
    chapter = None
    for found in topics:
        if found.chapter != chapter:
            chapter = found.chapter
            yield Content.styled(f"{chapter.number:>2}  {chapter.title}", "$text-muted")
        title = found.topic.title
        shown = title if len(title) <= name else f"{title[: name - 1]}…"
        yield Content.assemble(
            f"    {shown:<{name}}  ",
            bar(found.share, BAR),
            f" {found.share:>4.0%}",
            (f"   {_counts(found)}", "$text-muted"),
        )


def _counts(found: TopicMastery) -> str:
    """Exercises, questions and cards, known of all; nothing for what a topic does not have."""
    parts = (("ex", found.exercises), ("qu", found.questions), ("ca", found.cards))
    return " ".join(_count(name, share) for name, share in parts if share.total)


def _count(name: str, share: Share) -> str:
    return f"{name} {share.known}/{share.total}"
