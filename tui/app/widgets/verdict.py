"""The verdict on a file: what is wrong, and each test; that under the cursor is shown in full."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from grader.formats.facts import (
    VERDICTS,
    Fact,
    called,
    code,
    counts,
    duration,
    for_all,
    is_all,
    known,
    lines,
    message,
    none_run,
    of_all,
    printed,
    reason,
    section,
    smallest,
    tells,
    why,
    why_so,
)
from tui.app.in_turn import InTurn
from tui.app.widgets.heat_map_view import HeatMap
from tui.app.widgets.scroll import Scroll
from tui.app.widgets.symbols import OUTCOMES, WAITS
from tui.progress.records import AttemptKind
from tui.study.advice import KEYS, advice

if TYPE_CHECKING:
    from grader.report import Report, TestResult


NOT_COUNTED = "You submitted this, and it did not count. Submit again as often as you like."
OF_WHICH_CALL = re.compile(r" of `[^`]+`")


class TestRow(Horizontal):
    __test__ = False  # pytest: this is no test class

    def __init__(self, number: int, test: TestResult, is_chosen: bool) -> None:
        super().__init__(classes="-chosen" if is_chosen else "")
        self.number = number
        self._test = test

    def compose(self) -> ComposeResult:
        test, is_chosen = self._test, self.has_class("-chosen")
        yield Static(
            Content.assemble(
                ("› " if is_chosen else "  ", "$accent"),
                WAITS if test.waits else OUTCOMES[test.outcome],
            ),
            classes="mark",
        )
        yield Static(Content.styled(test.title, "bold" if is_chosen else ""), classes="text")
        if test.max_points != 1:
            # In a column of its own: a space that does not break is one to Textual all the same.
            yield Static(f"{test.points:g} of {test.max_points:g} points", classes="points")


class FactRow(Horizontal):
    """A text beside its label."""

    def __init__(self, fact: Fact) -> None:
        super().__init__()
        self._fact = fact

    def compose(self) -> ComposeResult:
        yield Static(Content(self._fact.label), classes="label")
        yield Static(Content(self._fact.text), classes="text")


class VerdictView(Scroll):
    BINDINGS = [
        Binding("down,j", "choose(1)", "Next test", show=False, tooltip="The next test"),
        Binding("up,k", "choose(-1)", "Test before", show=False, tooltip="The test before"),
    ]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._report: Report | None = None
        self._head = Content("")
        self._time = ""
        self._chosen = 0
        self._drawing = InTurn()

    async def show(
        self, report: Report, kind: AttemptKind, at: datetime, is_passed: bool = False
    ) -> None:
        """`is_passed`: whether the exercise was passed before."""
        self._report = report
        self._chosen = _first_to_see(report)
        self._head = _headline(report, kind)
        what = "Submitted" if kind == "submit" else "Checked"
        when = f"{what} at {at:%H:%M:%S} in {duration(report.duration_ms)}."
        self._time = f"{advice(report, kind, KEYS, is_passed)}\n{when}"
        await self._drawing.do(self.recompose)
        self.scroll_home(animate=False)

    async def add(self, report: Report, text: str) -> None:
        """What is known of a verdict once it is kept, if it is still the one on the screen."""
        if text and report is self._report:
            self._time = f"{text}\n{self._time}"
            await self._drawing.do(self.recompose)

    async def clear(self, text: str = "") -> None:
        self._report, self._head = None, Content(text)
        await self._drawing.do(self.recompose)

    def compose(self) -> ComposeResult:
        yield Static(self._head, id="headline")
        if not (report := self._report):
            return
        if report.passed:  # what follows is said where it is seen, above a long list of tests
            yield Static(self._time, id="time", classes="-above")
        if report.problem:
            head = Content.styled(report.problem.message, "bold")
            yield Static(Content("\n").join([head, *map(Content, code(report.problem))]))
        elif why(report):
            yield Static(_explanation(report), id="diagnosis")
        if report.problem and report.tests:
            yield Static(Content.styled(none_run(report), "$text-muted"))
        if is_all(report):
            if test := of_all(report):
                with Vertical(classes="details"):
                    yield from _details(test, report)
            yield Static(Content.styled(for_all(report), "$text-muted"))
        for number, test in enumerate(_in_a_row(report)):
            is_chosen = number == self._chosen
            yield TestRow(number, test, is_chosen)
            if is_chosen and tells(test, report):
                with Vertical(classes="details"):
                    yield from _details(test, report)
        if not report.passed:
            yield Static(self._time, id="time")

    async def action_choose(self, by: int) -> None:
        if tests := self._report and _in_a_row(self._report):
            await self._choose(max(0, min(self._chosen + by, len(tests) - 1)))
        else:
            self.scroll_relative(y=by, animate=False)

    async def on_click(self, event: Click) -> None:
        under = event.widget.ancestors_with_self if event.widget else []
        if row := next((widget for widget in under if isinstance(widget, TestRow)), None):
            await self._choose(row.number)

    async def _choose(self, number: int) -> None:
        self._chosen = number
        await self._drawing.do(self.recompose)
        self.query_one(".-chosen").scroll_visible(animate=False)


def _in_a_row(report: Report) -> tuple[TestResult, ...]:
    """The tests that have something of their own to tell."""
    return () if report.problem or is_all(report) else report.tests


def _explanation(report: Report) -> Content:
    lines = [Content.styled(why(report), "bold")]
    if report.diagnosis:
        place = f"l opens the lesson on this: “{section(report.diagnosis)}”."
        lines.append(Content.styled(place, "$text-muted"))
    if note := why_so(report):
        lines.append(Content.styled(note, "$text-muted"))
    return Content("\n").join([*lines, *map(Content, smallest(report))])


def _first_to_see(report: Report) -> int:
    """A test that the reason above explains, else the first that failed; -1 without one."""
    failed = [i for i, test in enumerate(report.tests) if test.outcome != "passed"]
    explained = [i for i in failed if known(report.tests[i]) == known(report)]
    return next(iter((known(report) and explained) or failed), -1)


def _headline(report: Report, kind: AttemptKind) -> Content:
    symbol, colour = OUTCOMES[report.outcome]
    return Content.assemble(
        (f"{symbol} {VERDICTS[report.outcome]}", f"bold {colour}"),
        f"   {counts(report)}",
        f"\n{NOT_COUNTED}" if kind == "submit" and not report.passed else "",
    )


def _details(test: TestResult, report: Report) -> ComposeResult:
    if says := reason(test, report):
        yield Static(Content.styled(says, "bold"))
    text = message(test, report)
    if text and OF_WHICH_CALL.sub("", text, count=1) != why(report):
        yield Static(Content(text))
    for fact in called(test):
        if fact.label == "called" or not test.comparison:  # a heat map holds both sides
            yield FactRow(fact)
    if test.comparison:
        yield HeatMap(test.comparison)
    for fact in lines(test):
        yield FactRow(fact)
    if test.output:
        yield FactRow(Fact("printed", "\n".join(printed(test))))
