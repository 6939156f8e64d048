"""A report as a piece of HTML, for the output of a notebook's cell.

Marks and words carry the meaning; colour only repeats it, and reads on white and on black. There is
no script, no link and no style but our own: what a learner's code says is text.
"""

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
from grader.report import Report, TestResult, cut

COLOURS = {"passed": "#2b8a4b", "failed": "#d5413c", "error": "#a8750c"}
PRE = (
    "margin:.3em 0 .3em 1.6em;padding:0;background:none;white-space:pre-wrap;overflow-wrap:anywhere"
)
LENGTH = LENGTHS[1]


def render(found: Found) -> str:
    """Each report in a section of its own; below several of them, what they come to."""
    sections = [_section(report) for report in listed(found)]
    if not isinstance(found, Report):
        sections.append(_paragraph(totals(found)))
    return "\n".join(sections) + "\n"


def _section(report: Report) -> str:
    mark, says = MARKS[report.outcome][0], VERDICTS[report.outcome]
    head = f"<strong>{_marked(mark, report.outcome)} {_text(report.exercise)}: {says}</strong>"
    known = f"{counts(report)}, {duration(report.duration_ms)}"
    parts = [f"<p>{head} &nbsp; {_text(known)}</p>", *_reasons(report)]
    if report.problem and report.tests:
        parts.append(_paragraph(none_run(report)))
    elif report.tests:
        parts.extend(_tests(report))
    if missing := unprotected([report]):
        parts.append(_paragraph(missing))
    label = f"{report.exercise}: {says}"
    body = "\n".join(parts)
    return f'<section aria-label="{_text(label)}">\n{body}\n</section>'


def _reasons(report: Report) -> Iterator[str]:
    """Why the verdict is so, where that is known."""
    if report.problem:
        yield f"<p><strong>{_text(report.problem.message)}</strong></p>"
        yield _lines(code(report.problem))
        return
    if says := why(report):
        yield f"<p><strong>{_text(says)}</strong></p>"
    if report.diagnosis:
        yield _paragraph(reading(report.diagnosis))
    if evidence := why_so(report):
        yield _paragraph(evidence)
    yield _lines(smallest(report))


def _tests(report: Report) -> Iterator[str]:
    """What is told of all at once, or each with its mark."""
    if test := of_all(report):
        yield _failure(test, report, is_brief=False)
    if says := for_all(report):
        yield _paragraph(says)
    elif items := "".join(_item(one, report) for one in in_turn(report)):
        yield f'<ul style="list-style:none;padding-left:1em">{items}</ul>'


def _item(telling: Telling, report: Report) -> str:
    test, is_brief, is_again = telling
    mark, colour = (WAITS[0], "error") if test.waits else (MARKS[test.outcome][0], test.outcome)
    points = "" if test.max_points == 1 else f" [{test.points:g}/{test.max_points:g}]"
    title = f"{_marked(mark, colour)} {_text(test.title)}{points}"
    if is_again:
        return f"<li>{title} (as above)</li>"
    return f"<li>{title}{_failure(test, report, is_brief) if tells(test, report) else ''}</li>"


def _failure(test: TestResult, report: Report, is_brief: bool) -> str:
    told = [part for part in (reason(test, report), message(test, report)) if part]
    facts = [f"{label:<9} {text}" for label, text in (*called(test), *lines(test))]
    output = ["your code printed:", *(f"  {line}" for line in printed(test))] if test.output else []
    return "".join(map(_paragraph, told)) + ("" if is_brief else _lines([*facts, *output]))


def _marked(mark: str, outcome: str) -> str:
    return f'<span style="color:{COLOURS[outcome]}">{mark}</span>'


def _paragraph(text: str) -> str:
    return f'<p style="margin:.3em 0 .3em 1.6em">{_text(text)}</p>'


def _lines(several: Iterable[str]) -> str:
    shown = "\n".join(map(_text, several))
    return f'<pre style="{PRE}">{shown}</pre>' if shown else ""


def _text(text: str) -> str:
    """`$` would begin a formula in a notebook."""
    return escape(cut(text, LENGTH)).replace("$", "&#36;")
