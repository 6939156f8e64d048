"""A report for a person at a terminal. Symbols carry the meaning; colour only repeats it."""

from grader.formats.facts import (
    VERDICTS,
    Found,
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
from grader.formats.page import Page
from grader.report import Report, TestResult

MARKS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "error": ("!", "yellow")}
WAITS = ("○", "yellow")  # what is right, and counts once the rest is
INDENT = "      "


def render(found: Found, colour: bool = False, width: int = 100, full: bool = False) -> str:
    """Each report on its own page; below several of them, what they come to.

    Of a page's failures the first is shown with its call, and all where it is to be `full`.
    """
    pages = [_page(report, colour, width, full) for report in listed(found)]
    if not isinstance(found, Report):
        pages.append(f"{totals(found)}.\n")
    return "\n".join(pages)


def _page(report: Report, colour: bool, width: int, full: bool) -> str:
    """The verdict, why it is so, and each test."""
    page = Page(colour, width)
    _headline(page, report)
    if report.problem:
        page.blank()
        page.text(report.problem.message, "  ", bold=True)
        for line in code(report.problem):
            page.line(f"  {line}")
    elif why(report):
        page.blank()
        page.text(why(report), "  ", bold=True)
        if report.diagnosis:
            page.text(reading(report.diagnosis), "  ", dim=True)
        page.text(why_so(report), "  ", dim=True)
        for line in smallest(report):
            page.line(f"  {line}")
    page.blank()
    if report.problem and report.tests:
        page.text(none_run(report), "  ", dim=True)
    _tests(page, report, full)
    if missing := unprotected([report]):
        page.blank()
        page.text(missing, "  ")
    return page.finish()


def _tests(page: Page, report: Report, full: bool) -> None:
    """Each with its mark; a problem with the file speaks for all, and so may other things."""
    if test := of_all(report):
        _failure(page, test, report, is_brief=False)
    page.text(for_all(report), "  ")
    for test, is_brief, is_again in in_turn(report):
        is_brief, is_again = is_brief and not full, is_again and not full
        mark, tint = WAITS if test.waits else MARKS[test.outcome]
        page.item(mark, tint, test.title + _points(test) + ("  (as above)" if is_again else ""))
        if tells(test, report) and not is_again:
            _failure(page, test, report, is_brief)


def _headline(page: Page, report: Report) -> None:
    mark, tint = MARKS[report.outcome]
    head = page.paint(f"{mark} {report.exercise}: {VERDICTS[report.outcome]}", tint, bold=True)
    known = f"{counts(report)}, {duration(report.duration_ms)}"
    page.line(f"{head}  {page.paint(known, dim=True)}")


def _failure(page: Page, test: TestResult, report: Report, is_brief: bool) -> None:
    page.text(reason(test, report), INDENT, bold=True)
    page.text(message(test, report), INDENT)
    if is_brief:
        return
    for label, value in called(test):
        page.text(value, f"{INDENT}{label:<9} ")
    for label, line in lines(test):
        page.line(f"{INDENT}{label:<9} {line}")
    if test.output:
        page.line(f"{INDENT}your code printed:")
        for line in printed(test):
            page.line(f"{INDENT}  {line}")


def _points(test: TestResult) -> str:
    if test.max_points == 1:
        return ""
    return f"  [{test.points:g}/{test.max_points:g}]"
