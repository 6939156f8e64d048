"""A report as a piece of HTML, for the output of a notebook's cell and for a page.

A notebook keeps no style sheet, so each element brings its style; a page whose policy forbids that
has a sheet of its own, and gets the names of `STYLES` as classes.
Marks and words carry the meaning; colour only repeats it, and reads on white and on black. There is
no script, no link and no style but our own: what a learner's code says is text.
"""

import math
from collections.abc import Iterable, Iterator
from html import escape

from grader.formats.facts import (
    LENGTHS,
    VERDICTS,
    Found,
    Telling,
    called,
    code,
    counts,
    duration,
    for_all,
    in_turn,
    lines,
    listed,
    message,
    none_run,
    of_all,
    printed,
    reading,
    reason,
    smallest,
    tells,
    totals,
    unprotected,
    why,
    why_so,
)
from grader.formats.text import MARKS, WAITS
from grader.report import Comparison, Report, TestResult, cut

STYLES = {
    "passed": "color:#2b8a4b",
    "failed": "color:#d5413c",
    "error": "color:#a8750c",
    "told": "margin:.3em 0 .3em 1.6em",
    "facts": (
        "margin:.3em 0 .3em 1.6em;padding:0;background:none;white-space:pre-wrap;"
        "overflow-wrap:anywhere"
    ),
    "tests": "list-style:none;padding-left:1em",
    "map": "margin:.3em 0 .3em 1.6em;overflow-x:auto;font-family:monospace",
}
SAME = 1e-3  # of the largest number: what a map shows as equal
LENGTH = LENGTHS[1]


def render(found: Found, classes: bool = False) -> str:
    """Each report in a section of its own; below several of them, what they come to."""
    layout = _Layout(classes)
    sections = [layout.section(report) for report in listed(found)]
    if not isinstance(found, Report):
        sections.append(layout.paragraph(totals(found)))
    return "\n".join(sections) + "\n"


class _Layout:
    def __init__(self, classes: bool) -> None:
        self._classes = classes

    def section(self, report: Report) -> str:
        mark, says = MARKS[report.outcome][0], VERDICTS[report.outcome]
        marked = self._marked(mark, report.outcome)
        head = f"<strong>{marked} {_text(report.exercise)}: {says}</strong>"
        known = f"{counts(report)}, {duration(report.duration_ms)}"
        parts = [f"<p>{head} &nbsp; {_text(known)}</p>", *self._reasons(report)]
        if report.problem and report.tests:
            parts.append(self.paragraph(none_run(report)))
        elif report.tests:
            parts.extend(self._tests(report))
        if missing := unprotected([report]):
            parts.append(self.paragraph(missing))
        label = f"{report.exercise}: {says}"
        body = "\n".join(parts)
        return f'<section aria-label="{_text(label)}">\n{body}\n</section>'

    def paragraph(self, text: str) -> str:
        return f"<p {self._look('told')}>{_text(text)}</p>"

    def _reasons(self, report: Report) -> Iterator[str]:
        """Why the verdict is so, where that is known."""
        if report.problem:
            yield f"<p><strong>{_text(report.problem.message)}</strong></p>"
            yield self._lines(code(report.problem))
            return
        if says := why(report):
            yield f"<p><strong>{_text(says)}</strong></p>"
        if report.diagnosis:
            yield self.paragraph(reading(report.diagnosis))
        if evidence := why_so(report):
            yield self.paragraph(evidence)
        yield self._lines(smallest(report))

    def _tests(self, report: Report) -> Iterator[str]:
        """What is told of all at once, or each with its mark."""
        if test := of_all(report):
            yield self._failure(test, report, is_brief=False)
        if says := for_all(report):
            yield self.paragraph(says)
        elif items := "".join(self._item(one, report) for one in in_turn(report)):
            yield f"<ul {self._look('tests')}>{items}</ul>"

    def _item(self, telling: Telling, report: Report) -> str:
        test, is_brief, is_again = telling
        mark, look = (WAITS[0], "error") if test.waits else (MARKS[test.outcome][0], test.outcome)
        points = "" if test.max_points == 1 else f" [{test.points:g}/{test.max_points:g}]"
        title = f"{self._marked(mark, look)} {_text(test.title)}{points}"
        if is_again:
            return f"<li>{title} (as above)</li>"
        failure = self._failure(test, report, is_brief) if tells(test, report) else ""
        return f"<li>{title}{failure}</li>"

    def _failure(self, test: TestResult, report: Report, is_brief: bool) -> str:
        told = [part for part in (reason(test, report), message(test, report)) if part]
        pieces = "".join(map(self.paragraph, told))
        if is_brief:
            return pieces
        facts = [f"{label:<9} {text}" for label, text in (*called(test), *lines(test))]
        output = (
            ["your code printed:", *(f"  {line}" for line in printed(test))] if test.output else []
        )
        return pieces + self._lines([*facts, *output]) + self._map(test)

    def _map(self, test: TestResult) -> str:
        """Where in the result the numbers differ, around the worst: `yours ≠ expected`."""
        found = test.comparison
        if found is None:
            return ""
        place = ", ".join(map(str, (*found.index, *found.start)))
        rows = "".join(f"<tr>{row}</tr>" for row in _cells(found))
        says = f"From [{place}] on: yours ≠ expected, where they differ."
        name = f'role="region" tabindex="0" aria-label="Numbers: {_text(test.title)}"'
        table = f"<table><caption>{says}</caption>{rows}</table>"
        return f"<div {self._look('map')} {name}>{table}</div>"

    def _marked(self, mark: str, outcome: str) -> str:
        return f"<span {self._look(outcome)}>{mark}</span>"

    def _lines(self, several: Iterable[str]) -> str:
        shown = "\n".join(map(_text, several))
        return f"<pre {self._look('facts')}>{shown}</pre>" if shown else ""

    def _look(self, name: str) -> str:
        return f'class="{name}"' if self._classes else f'style="{STYLES[name]}"'


def _cells(found: Comparison) -> Iterator[str]:
    """Each row of a map."""
    numbers = [abs(one) for row in found.expected for one in row if math.isfinite(one)]
    least = SAME * max(numbers, default=0.0)
    for row, right in zip(found.got, found.expected, strict=True):
        yield "".join(
            f"<td>{got:.3g}</td>"
            if _is_alike(got, wanted, least)
            else f"<td><strong>{got:.3g} ≠ {wanted:.3g}</strong></td>"
            for got, wanted in zip(row, right, strict=True)
        )


def _is_alike(got: float, wanted: float, least: float) -> bool:
    both_nan = math.isnan(got) and math.isnan(wanted)
    return got == wanted or both_nan or abs(got - wanted) <= least


def _text(text: str) -> str:
    """`$` would begin a formula in a notebook."""
    return escape(cut(text, LENGTH)).replace("$", "&#36;")
