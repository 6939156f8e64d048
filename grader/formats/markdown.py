"""Reports as Markdown of GitHub's kind: for the summary of a job and the text of a release.

What a learner's code says stands inside fences. Nothing is read there: no markup, no HTML, and no
@name, which would send somebody a message.
"""

import re
from collections.abc import Sequence

from grader.formats.facts import Found, counts, listed, totals, unprotected, why, within
from grader.formats.text import MARKS
from grader.formats.text import render as render_text
from grader.report import Report, cut

MAX_BYTES = 1_000_000  # GitHub takes 1 MiB of each step


def render(found: Found, most: int = MAX_BYTES) -> str:
    """A table of the exercises, and below it all that is told of each that did not pass."""
    return within(most, lambda length: _document(listed(found), length))


def _document(reports: Sequence[Report], length: int) -> str:
    rows = [_row(report, length) for report in reports]
    table = ["| | exercise | result | why |", "|---|---|---|---|", *rows]
    pages = [_details(report, length) for report in reports if not report.passed]
    missing = unprotected(reports)
    head = [f"### {totals(reports)}", "", *([f"**{missing}**", ""] if missing else [])]
    return "\n".join([*head, *table, *pages]) + "\n"


def _row(report: Report, length: int) -> str:
    reason = report.problem.message if report.problem else why(report)
    exercise, result, why_so = map(escaped, (report.exercise, counts(report), cut(reason, length)))
    return f"| {MARKS[report.outcome][0]} | {exercise} | {result} | {why_so} |"


def _details(report: Report, length: int) -> str:
    summary = f"<details><summary>{MARKS[report.outcome][0]} {report.exercise}</summary>"
    return f"\n{summary}\n\n{fenced(cut(render_text(report), length))}\n\n</details>"


def fenced(text: str) -> str:
    """`text` as it is, whatever it holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def escaped(text: str) -> str:
    """`text` on one line, in which no letter means more than itself."""
    plain = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))
    return plain.replace("@", "@\u200b")  # escaped or not, GitHub takes @name for a person's
