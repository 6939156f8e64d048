"""Progress: the days, the hours, what is remembered, and how much of each topic is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Never

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from exercises.words import plural
from tui.app.screens.page import Page
from tui.app.widgets.plots import bar, calendar, columns
from tui.app.widgets.scroll import Scroll
from tui.study.mastery import Share, TopicMastery
from tui.study.statistics import Statistics, statistics

MISTAKES = 5
BAR = 12
LEGEND = "known of all: ex exercises, qu questions, ca cards"


class ProgressPage(Page[Never]):
    PLACE = "progress"
    CSS_PATH = "../styles/progress.tcss"

    def content(self) -> ComposeResult:
        with Scroll():
            yield Plots()

    async def load(self) -> None:
        now = self.services.clock()
        self.query_one(Plots).show(
            await self.services.session_thread.ask(lambda session: statistics(session, now))
        )


class Plots(Widget):
    def __init__(self) -> None:
        super().__init__()
        self._found: Statistics | None = None

    def show(self, found: Statistics) -> None:
        self._found = found
        self.refresh(layout=True)

    def render(self) -> Content:
        if (found := self._found) is None:
            return Content("")
        width = self.content_size.width
        sections = [
            _summary(found),
            _section("Days", calendar(found.days, found.today, min(width, 72))),
            _hours(found),
            _recall(found),
            _mistakes(found, width),
            _section("Topics", Content("\n").join(_topics(found.topics, width)), LEGEND),
        ]
        return Content("\n\n").join(sections)


def _section(title: str, body: Content, note: str = "") -> Content:
    return Content.assemble(
        (title, "bold"), (f"   {note}" if note else "", "$text-muted"), "\n", body
    )


def _summary(found: Statistics) -> Content:
    parts = [f"{found.passed} of {found.exercises} exercises passed"]
    if found.streak:
        parts.append(f"{plural(found.streak, 'day')} in a row")
    parts.append(f"{plural(len(found.days), 'day')} in all")
    return Content.styled("  ·  ", "$text-muted").join(map(Content, parts))


def _hours(found: Statistics) -> Content:
    if not any(found.hours):
        return _section("Time", Content.styled("Nothing in the last four weeks.", "$text-muted"))
    most = max(found.hours)
    lines = columns(found.hours, most)
    labels = [f"{_time(most):>6} ", *[" " * 7] * (len(lines) - 2), f"{'0':>6} "]
    plot = Content("\n").join(
        Content.assemble((label, "$text-muted"), (line, "$accent"))
        for label, line in zip(labels, lines, strict=True)
    )
    ago = f"\n{'':<7}{'four weeks ago':<{2 * len(found.hours) - 6}}today"
    note = f"{_time(found.all_hours)} in all, counted between steps less than 10 minutes apart"
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


def _mistakes(found: Statistics, width: int) -> Content:
    """The latest few; `learn mistakes --list` has all."""
    if not found.mistakes:
        text = "None is known. What checks and quizzes name will be listed here, and come back."
        return _section("Mistakes", Content.styled(text, "$text-muted"))
    lines = []
    for mistake in found.mistakes[:MISTAKES]:
        says = mistake.says
        shown = says if len(says) <= width - 6 else f"{says[: width - 7]}…"
        when = (mistake.returns, "$text-muted")
        lines.append(Content.assemble(f"    {mistake.where}   ", when, f"\n      {shown}"))
    note = f"{len(found.mistakes)} in all" if len(found.mistakes) > MISTAKES else ""
    return _section("Mistakes", Content("\n").join(lines), note)


def _topics(topics: tuple[TopicMastery, ...], width: int) -> Iterator[Content]:
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
