"""The report on a class as one HTML file, which needs nothing else and runs no script, but for the
one that a server names for it.

Whatever a learner wrote is text: escaped by the template, and bounded by `shown`. The policy in
the page allows its own style sheet, that script and nothing else, so that a mistake of ours would
do no harm.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from exercises.words import plural
from grader.classroom.likeness import Likeness
from grader.classroom.progress import BINS, Distribution, Row, Standing
from grader.classroom.reasons import FILE, MISTAKE, SYMPTOM, UNKNOWN, Reason
from grader.report import cut, printable

HERE = Path(__file__).parent
TEMPLATE, STYLE = "class_page.html", "class_page.css"
COLUMNS = 30  # of exercises in one table; more do not fit on paper
MOST_REASONS = 25
MOST_GROUPS = 30
MOST_NAMES = 12
MOST_LINES = 15
MOST_STOPS = 3  # more exercises with the same number do not stand out
LENGTH = 400  # of a text
KINDS = (
    (MISTAKE, "◆", "Misconceptions", "Known mistakes that give the student's own values."),
    (SYMPTOM, "≈", "Symptoms", "What the numbers themselves say, where no known mistake fits."),
    (FILE, "✗", "Files that could not be run", "No test was run, so nothing is known of them."),
    (UNKNOWN, "?", "Without a known reason", "Worth a look: there may be a new misconception."),
)


@dataclass(frozen=True)
class ClassReport:
    """What the page tells. `likenesses` is None where no answer's text was given."""

    standings: Sequence[Standing]
    rows: Sequence[Row]
    hand_ins: int
    distribution: Distribution
    reasons: Sequence[Reason]
    likenesses: Sequence[Likeness] | None
    is_anonymous: bool
    unprotected: str  # that layers of the sandbox were missing, where some were


class Live(NamedTuple):
    """What makes the page follow its server: a script, the events it listens to, and the mark of
    what the page shows; and the page of the server from which one comes here.
    """

    script: str
    events: str
    mark: str
    back: str


@dataclass(frozen=True)
class Table:
    """A part of the matrix: some exercises, and each student's cells."""

    first: int
    standings: Sequence[Standing]
    rows: Sequence[tuple[Row, Sequence[float | None]]]


def class_page(report: ClassReport, live: Live | None = None) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "percent": _percent, "duration": _duration}
    environment.filters |= {"prose": prose, "level": _level, "plural": plural}
    return environment.get_template(TEMPLATE).render(
        **_facts(report), report=report, style=_style(), live=live, policy=page_policy(live)
    )


def page_policy(live: Live | None = None) -> str:
    """What the page allows; who serves it says so in a header as well."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"{policy}; script-src 'self'; connect-src 'self'" if live else policy


def _style() -> str:
    return (HERE / STYLE).read_text("utf-8")


def _facts(report: ClassReport) -> dict[str, Any]:
    most = max(one.stopped for one in report.standings)
    stops = [one for one in report.standings if most and one.stopped == most]
    return {
        "tables": list(_tables(report)),
        "bins": _bins(report.distribution),
        "stops": stops if len(stops) <= MOST_STOPS else [],
        "kinds": [_kind(report, *kind) for kind in KINDS],
        "groups": (report.likenesses or ())[:MOST_GROUPS],
        "most_names": MOST_NAMES,
        "most_lines": MOST_LINES,
        "ours": sum(one.ours for one in report.standings),
    }


def _tables(report: ClassReport) -> Iterator[Table]:
    for first in range(0, len(report.standings), COLUMNS):
        part = slice(first, first + COLUMNS)
        rows = [(row, row.cells[part]) for row in report.rows]
        yield Table(first, report.standings[part], rows)


def _bins(distribution: Distribution) -> list[tuple[str, int]]:
    step = 100 // BINS
    names = [f"{start}–{start + step - 1} %" for start in range(0, 100, step)]
    names[-1] = f"{100 - step}–100 %"
    return list(zip(names, distribution.bins, strict=True))


def _kind(report: ClassReport, kind: str, sign: str, title: str, says: str) -> dict[str, Any]:
    found = [reason for reason in report.reasons if reason.kind == kind]
    return {
        "id": kind,
        "sign": sign,
        "title": title,
        "says": says,
        "reasons": found[:MOST_REASONS],
        "more": len(found[MOST_REASONS:]),
    }


def shown(text: str, length: int = LENGTH) -> str:
    """What somebody wrote, for a page that escapes it."""
    return printable(cut(text, length))


def prose(text: str, length: int = LENGTH) -> Markup:
    """What stands between backticks is code."""
    text = shown(text, length)
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    texts = (
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )
    return Markup().join(texts)


def _percent(share: float) -> str:
    """Rounded down, so that only what is whole is 100."""
    return str(int(share * 100 + 1e-9))


def _level(share: float) -> int:
    """Which of the five colours: nothing, three thirds, all."""
    if share >= 1:
        return 4
    return 0 if share <= 0 else 1 + int(share * 3)


def _duration(time: timedelta) -> str:
    minutes = time.total_seconds() / 60
    if minutes < 100:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 60 / 24:.0f} days"
