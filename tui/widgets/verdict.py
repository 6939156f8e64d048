"""The verdict on a file: what is wrong, and each test; the one under the cursor is shown in full."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from exercises.catalog import Catalog
from tui.widgets.heat_map import HeatMap
from tui.widgets.scroll import Scroll
from tui.widgets.symbols import OUTCOMES

if TYPE_CHECKING:
    from grader.report import Report, TestResult

    from tui.progress import Kind

VERDICTS = {"passed": "passed", "failed": "not passed", "error": "could not be graded"}
MAX_PRINTED = 10


class TestRow(Static):
    __test__ = False  # pytest: this is no test class

    def __init__(self, number: int, test: TestResult, is_chosen: bool) -> None:
        symbol, colour = OUTCOMES[test.outcome]
        points = "" if test.max_points == 1 else f"  {test.points:g} of {test.max_points:g} points"
        text = Content.assemble(
            ("› " if is_chosen else "  ", "$accent"),
            (symbol, colour),
            " ",
            (test.title, "bold" if is_chosen else ""),
            (points, "$text-muted"),
        )
        super().__init__(text, classes="-chosen" if is_chosen else "")
        self.number = number


class Verdict(Scroll):
    BINDINGS = [
        Binding("down,j", "choose(1)", "Next test", show=False, tooltip="The next test"),
        Binding("up,k", "choose(-1)", "Test before", show=False, tooltip="The test before"),
    ]

    def __init__(self, catalog: Catalog, id: str | None = None) -> None:
        super().__init__(id=id)
        self._catalog = catalog
        self._report: Report | None = None
        self._head = Content("")
        self._chosen = 0

    async def show(self, report: Report, kind: Kind, at: datetime) -> None:
        self._report = report
        failed = [i for i, test in enumerate(report.tests) if test.outcome != "passed"]
        self._chosen = failed[0] if failed else -1
        self._head = _headline(report, kind, at)
        await self.recompose()
        self.scroll_home(animate=False)

    def announce(self, text: str) -> None:
        """Say what is going on, above a verdict that is old by now."""
        self.query_one("#headline", Static).update(text)

    async def clear(self, text: str = "") -> None:
        self._report, self._head = None, Content(text)
        await self.recompose()

    def compose(self) -> ComposeResult:
        yield Static(self._head, id="headline")
        if not (report := self._report):
            return
        if report.problem:
            yield Static(_problem(report))
        elif report.diagnosis:
            yield Static(self._diagnosis(report), id="diagnosis")
        for number, test in enumerate(report.tests):
            is_chosen = number == self._chosen
            yield TestRow(number, test, is_chosen)
            if is_chosen and test.outcome != "passed" and not report.problem:
                yield Static(Content("\n").join(_details(test, report)), classes="details")
                if test.comparison:
                    yield HeatMap(test.comparison)

    async def action_choose(self, by: int) -> None:
        if self._report and self._report.tests:
            await self._choose(max(0, min(self._chosen + by, len(self._report.tests) - 1)))

    async def on_click(self, event: Click) -> None:
        if isinstance(event.widget, TestRow):
            await self._choose(event.widget.number)

    async def _choose(self, number: int) -> None:
        self._chosen = number
        await self.recompose()
        self.query_one(".-chosen").scroll_visible(animate=False)

    def _diagnosis(self, report: Report) -> Content:
        assert report.diagnosis
        section = report.diagnosis.see
        titles = {topic.id: topic.title for c in self._catalog.chapters for topic in c.topics}
        return Content.assemble(
            (report.diagnosis.says, "bold"),
            (f"\nThe lesson explains it in “{titles.get(section, section)}”.", "$text-muted"),
        )


def _headline(report: Report, kind: Kind, at: datetime) -> Content:
    symbol, colour = OUTCOMES[report.outcome]
    passed = sum(test.outcome == "passed" for test in report.tests)
    what = "submitted" if kind == "submit" else "checked"
    return Content.assemble(
        (f"{symbol} {VERDICTS[report.outcome]}", f"bold {colour}"),
        f"   {passed} of {len(report.tests)} tests,"
        f" {report.points:g} of {report.max_points:g} points",
        (f"   {what} {at:%H:%M:%S}, {report.duration_ms:.0f} ms", "$text-muted"),
    )


def _problem(report: Report) -> Content:
    assert report.problem
    where = f"{report.problem.line:>4} │ " if report.problem.line else ""
    lines = [f"{where}{line}" for line in report.problem.code.splitlines()]
    return Content.assemble((report.problem.message, "bold"), *(f"\n{line}" for line in lines))


def _details(test: TestResult, report: Report) -> Iterator[Content]:
    if test.diagnosis and test.diagnosis != report.diagnosis:
        yield Content.styled(test.diagnosis.says, "bold")
    yield Content(test.message)
    for label, value in (("called", test.call), ("got", test.got), ("expected", test.expected)):
        if value:
            yield Content.assemble((f"{label:<10}", "$text-muted"), value)
    for frame in test.frames:
        yield Content.assemble((f"line {frame.line:<5}", "$text-muted"), frame.code)
    if test.output:
        yield Content.styled("your code printed", "$text-muted")
        yield from map(Content, test.output.splitlines()[:MAX_PRINTED])
