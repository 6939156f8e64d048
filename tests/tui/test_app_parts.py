"""The pure parts behind the screens: advice, stubs, days, states."""

from __future__ import annotations

import ast
import asyncio
import math
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from driving import NOW, Small, text
from textual.app import App, ComposeResult

from exercises.catalog import load_catalog
from grader import Report
from grader.report import Diagnosis, Outcome, Symptom, TestResult
from quizzes.cards.scheduling import Review, Schedule
from tui.app.messages import PLACES_OF
from tui.app.places import PLACES_BY_NAME
from tui.app.screens.exercise import ExercisePage
from tui.app.widgets.plots import calendar, columns
from tui.app.widgets.prose import CourseText
from tui.app.widgets.table import balanced
from tui.cli import COMMANDS
from tui.progress.activity import hours_by_day, streak
from tui.progress.calendar import Calendar
from tui.progress.records import AttemptKind
from tui.progress.settings import SETTINGS, neighbour, parse
from tui.study.advice import KEYS, advice, commands
from tui.study.statistics import WEEKS, recall_by_week, statistics
from tui.study.targets import Target
from tui.text.columns import fitted
from tui.text.stub_outline import blocks, fill

NAN = math.nan
TODAY = date(2025, 6, 13)

# advice


@pytest.mark.parametrize("kind", get_args(AttemptKind))
@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_shell_and_app_advise_the_same(outcome: Outcome, kind: AttemptKind) -> None:
    report = Report("softmax", "", outcome, 1, 1, 0, "cpu")
    in_shell, in_app = (advice(report, kind, ways) for ways in (commands("softmax"), KEYS))
    for command, key in zip(commands("softmax"), KEYS, strict=True):
        in_shell = in_shell.replace(command, key)
    assert in_shell == in_app


def test_a_check_of_what_is_passed_asks_for_no_submission() -> None:
    report = Report("softmax", "", "passed", 1, 1, 0, "cpu")
    assert "submit" in advice(report, "check", commands("softmax"))
    again = advice(report, "check", commands("softmax"), is_passed=True)
    assert "submit" not in again and "learn next" in again and "learn solution --diff" in again


def test_what_is_not_written_yet_is_to_be_written() -> None:
    unwritten = Symptom("unwritten", "It is not written yet.")
    report = Report("softmax", "", "failed", 0, 1, 0, "cpu", symptom=unwritten)
    assert advice(report, "check", commands("softmax")).startswith("`learn edit softmax`")


def test_where_no_reason_is_known_the_first_wrong_line_is_looked_for() -> None:
    wrong = TestResult("test", "A test.", 0, 1, "failed", got="tensor([1.])")
    report = Report("softmax", "", "failed", 0, 1, 0, "cpu", (wrong,))
    assert "learn trace softmax" in advice(report, "check", commands("softmax"))
    plain = replace(report, tests=(replace(wrong, got="(1, 1)"),))
    assert "learn trace" not in advice(plain, "check", commands("softmax"))
    named = replace(report, diagnosis=Diagnosis("no-shift", "It overflows.", "weights"))
    assert "learn trace" not in advice(named, "check", commands("softmax"))


def test_what_is_advised_can_be_done() -> None:
    """A key is one of the page's, for the action that is meant, and a command is one of ours."""
    actions = {binding.key: binding.action for binding in ExercisePage.BINDINGS}  # type: ignore[union-attr]
    keys = [way.removeprefix("Press ").lower() for way in KEYS]
    assert [actions[key] for key in keys] == [
        *("edit", "hint", "trace", "grade('submit')", "next", "compare", "compare")
    ]
    for way in commands("softmax"):
        program, command, *rest = way.strip("`").split()
        assert (
            program == "learn"
            and command in COMMANDS
            and rest in ([], ["softmax"], ["--diff", "softmax"], ["--give-up", "softmax"])
        )


# stubs


@pytest.mark.parametrize("exercise", load_catalog().exercises, ids=lambda exercise: exercise.id)
def test_a_stub_is_shown_whole(exercise: object) -> None:
    """Every word of every docstring, whatever the width."""
    source = exercise.stub.read_text("utf-8")  # type: ignore[attr-defined]
    shown = " ".join(
        word
        for block in blocks(source)
        for line in (fill(block.text, 40) if block.kind == "prose" else block.text.splitlines())
        for word in line.split()
    )
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            docstring = ast.get_docstring(node) or ""
            assert " ".join(docstring.split()) in shown
            assert node.name in shown
    assert "NotImplementedError" not in shown


def test_prose_is_filled_and_items_keep_their_indent() -> None:
    text = "Args:\n    x (B, T): the scores, of\n        any size.\n    y: a number."
    assert fill(text, 24) == [
        "Args:",
        "    x (B, T): the",
        "        scores, of any",
        "        size.",
        "    y: a number.",
    ]


STUB = '''
def layer_norm(x):
    """Each row is treated by itself:

        mean = (sum of the x_i) / D
        y_i = x_i − mean

    Parameters, by these names and no others:
        weight (D), at first all 1;
        bias (D), at first
        all 0.

        Where both are 0, the result is
        0. So is it for a row of zeros, at the
        end: go on;
        and stop.
    """
'''


def test_formulas_keep_their_lines_and_what_belongs_to_a_section_is_filled() -> None:
    _, intro, formulas, section, rest = blocks(STUB)
    kinds = [block.kind for block in (intro, formulas, section, rest)]
    assert kinds == ["prose", "code", "prose", "prose"]
    assert formulas.text == "    mean = (sum of the x_i) / D\n    y_i = x_i − mean"
    assert fill(section.text, 60) == [
        "Parameters, by these names and no others:",
        "    weight (D), at first all 1;",
        "    bias (D), at first all 0.",
    ]
    assert fill(rest.text, 60) == [
        "    Where both are 0, the result is 0. So is it for a row of",
        "    zeros, at the end: go on; and stop.",
    ]


TABLE = """\
kind       operations       path
"narrow"   n · d            1
"a wide"   kernel · n · d²  log_kernel(n)"""


def test_a_table_is_never_torn() -> None:
    """Its columns stay, or each cell stands beside the head of its column."""
    assert fitted(TABLE, 41) == TABLE.splitlines()
    assert fitted(TABLE, 40)[0] == "kind      operations       path"
    for width in range(31, 39):
        lines = fitted(TABLE, width)
        assert max(map(len, lines)) <= width
        assert lines == [
            'kind "narrow"',
            "    operations  n · d",
            "    path        1",
            'kind "a wide"',
            "    operations  kernel · n · d²",
            "    path        log_kernel(n)",
        ]


NOTED = """\
m = a · m + (1 − a) · g    the running mean
n = m / (1 − a)            corrected"""


def test_of_a_formula_and_a_note_on_it_the_note_is_wrapped_first() -> None:
    assert fitted(NOTED, 38) == [
        "m = a · m + (1 − a) · g  the running",
        "                         mean",
        "n = m / (1 − a)          corrected",
    ]
    assert fitted(NOTED, 27) == [
        "m = a · m + (1 − a) · g",
        "    the running mean",
        "n = m / (1 − a)",
        "    corrected",
    ]


@pytest.mark.parametrize("width", [20, 30, 52, 72])
@pytest.mark.parametrize("exercise", load_catalog().exercises, ids=lambda exercise: exercise.id)
def test_what_is_no_prose_loses_nothing_and_hangs(exercise: object, width: int) -> None:
    for block in blocks(exercise.stub.read_text("utf-8")):  # type: ignore[attr-defined]
        lines = fitted(block.text, width)
        letters = Counter("".join(block.text.split()))
        found = Counter("".join("".join(lines).split()))
        assert not letters - found, "the heads of a table may be there several times"
        longest = max(map(len, re.findall(r"\S+", block.text)))
        assert max(map(len, lines)) <= max(width, width // 4 + 4 + longest)


def test_a_long_signature_breaks_between_its_parameters() -> None:
    line = "def f(x: Tensor, values: Tensor | None = None, kind: str = 'a, b') -> Tensor:"
    assert fitted(line, 34) == [
        "def f(x: Tensor,",
        "    values: Tensor | None = None,",
        "    kind: str = 'a, b') -> Tensor:",
    ]
    too_long = fitted("def f(x: dict | list | None, y)", 16)
    assert too_long == ["def f(x: dict |", "    list | None,", "    y)"]


def test_an_example_breaks_where_a_person_would_break_it() -> None:
    assert fitted(">>> sorted((name, tuple(p.shape)) for name, p in layer.parameters())", 48) == [
        ">>> sorted((name, tuple(p.shape))",
        "    for name, p in layer.parameters())",
    ]
    assert fitted(">>> weights(torch.tensor([[True, True, False], [False, False, True]]))", 60) == [
        ">>> weights(torch.tensor([[True, True, False],",
        "    [False, False, True]]))",
    ]
    assert fitted("...         row = values[:, :3] + values[:, 3:6]  # both", 50) == [
        "...         row = values[:, :3] + values[:, 3:6]",
        "    # both",
    ]


# days


def test_a_streak_survives_the_morning() -> None:
    days = {TODAY - timedelta(days=ago) for ago in (1, 2, 3, 5)}
    assert streak(days, TODAY) == 3
    assert streak(days | {TODAY}, TODAY) == 4
    assert streak(days, TODAY + timedelta(days=2)) == 0
    assert streak(set(), TODAY) == 0


def test_time_is_counted_between_what_is_close() -> None:
    start = datetime(2025, 6, 13, 8, tzinfo=UTC)
    moments = [start + timedelta(minutes=minutes) for minutes in (0, 6, 12, 40, 45)]
    assert sum(hours_by_day(moments, Calendar([], start)).values()) == pytest.approx(17 / 60)
    assert hours_by_day([], Calendar([], start)) == {}


def test_recall_counts_only_cards_that_were_learnt() -> None:
    now = datetime(2025, 6, 13, 12, tzinfo=UTC)

    def review(days: int, rating: int, state: str) -> Review:
        at = now - timedelta(days=days)
        before = Schedule(state, None, 5, 5, at, at)  # type: ignore[arg-type]
        return Review("card", rating, at, 0, before)  # type: ignore[arg-type]

    log = [review(0, 3, "review"), review(1, 1, "review"), review(1, 1, "learning")]
    log += [review(7, 4, "review"), review(7 * WEEKS, 4, "review")]
    weeks = [(week.known, week.total) for week in recall_by_week(log, now)]
    assert weeks == [(0, 0)] * (WEEKS - 2) + [(1, 1), (1, 2)]


def test_the_hours_of_four_weeks_end_today(small: Small) -> None:
    with small.session() as session:
        for minutes in (0, 6):
            session.progress.visit("weights", NOW - timedelta(minutes=minutes))
        for minutes in (0, 3):
            session.progress.visit("weights", NOW - timedelta(days=2, minutes=minutes))
        hours = statistics(session, NOW).hours
    assert hours[-3:] == pytest.approx((0.05, 0.0, 0.1))
    assert len(hours) == 28 and not any(hours[:-3])


@pytest.mark.parametrize("width", [20, 40, 72, 200])
def test_the_calendar_fits_and_ends_today(width: int) -> None:
    lines = calendar({TODAY: 4, TODAY - timedelta(days=7): 1}, TODAY, width).plain.splitlines()
    assert len(lines) == 8
    assert all(len(line.rstrip()) <= width for line in lines)
    assert lines[1 + TODAY.weekday()].rstrip()[-3:] == "░ █"


def test_columns_tell_nothing_from_zero() -> None:
    assert columns([None, 0.0, 0.5, 1.0], 1.0, height=2) == ["      █", "  _ █ █"]


# tables


@pytest.mark.parametrize(
    ("natural", "least", "room", "widths"),
    [
        ((10, 100, 100), (5, 5, 5), 90, (10, 40, 40)),
        ((100, 8, 30), (5, 5, 5), 90, (52, 8, 30)),
        ((10, 20), (5, 5), 90, (10, 20)),
        ((50, 50, 50), (5, 5, 5), 91, (30, 30, 31)),
        ((40, 10, 12, 13), (16, 10, 5, 5), 44, (16, 10, 9, 9)),
        ((40, 40, 40), (20, 5, 12), 38, (20, 6, 12)),
        ((40, 40), (20, 20), 30, (15, 15)),
        ((40, 9, 40), (20, 9, 12), 30, (11, 9, 10)),
        ((5, 5), (5, 5), 1, (1, 1)),
    ],
)
def test_short_columns_keep_their_width_and_others_their_words(
    natural: tuple[int, ...], least: tuple[int, ...], room: int, widths: tuple[int, ...]
) -> None:
    assert balanced(natural, least, room) == widths


@pytest.mark.parametrize("width", [30, 44, 60])
def test_no_letter_of_a_table_is_lost(width: int) -> None:
    words = "restricted self-attention, (added-as-zero-and-one)"
    table = f"| what a layer does | operations |\n|---|---|\n| {words} | convolutional |"

    class Reader(App[None]):
        def compose(self) -> ComposeResult:
            yield CourseText(table)

    async def shown() -> str:
        async with Reader().run_test(size=(width, 20)) as pilot:
            await pilot.pause()
            return text(pilot)

    seen = asyncio.run(shown())
    assert "…" not in seen
    assert sorted(seen.replace("\n", "").replace(" ", "")) == sorted(
        (table.replace("---", "")).replace("|", "").replace("\n", "").replace(" ", "")
    )
    if width > 40:
        assert {"(added-as-zero-and-one)", "convolutional", "operations"} <= set(seen.split())


def test_the_long_columns_of_a_text_share_what_the_short_ones_leave() -> None:
    """So that a row takes as few lines as it can."""
    costs, path = "what it costs is said in many words, which need several lines", "and so " * 8
    table = f"| layer | costs | path |\n|---|---|---|\n| Self-attention | {costs} | {path} |"

    class Reader(App[None]):
        def compose(self) -> ComposeResult:
            yield CourseText(table)

    async def shown() -> list[str]:
        async with Reader().run_test(size=(50, 12)) as pilot:
            await pilot.pause()
            return text(pilot).split("\n")

    head, first, *_ = asyncio.run(shown())
    starts = [head.index(name) for name in ("layer", "costs", "path")]
    assert [first.index(begin) for begin in ("Self-attention", "what it", "and so")] == starts
    assert abs((starts[2] - starts[1]) - (50 - starts[2])) <= 2


# settings


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_can_be_turned_and_stays_within_its_bounds(name: str) -> None:
    for by in (1, -1):
        value = SETTINGS[name].default
        for _ in range(300):
            value = parse(name, neighbour(name, value, by))


# targets


def test_every_target_has_its_place() -> None:
    assert set(PLACES_OF) == set(get_args(Target))
    assert set(PLACES_OF.values()) < set(PLACES_BY_NAME)
