"""`learn trace`, and its key in the app."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import (
    NARROW,
    TESTS,
    WIDE,
    MadeUpGrader,
    Pilot,
    Small,
    made_up_report,
    opened,
    press,
    text,
)

from grader import Report, Submission
from grader.report import TestResult, Trace, TracedStep
from tui.study.advice import advice, commands

WRONG = """\
import torch


def softmax(x, dim=-1):
    e = torch.exp(x - x.amax(dim, keepdim=True))
    return e / e.sum()
"""
TRACE = Trace(
    "weights([1.0, 2.0])",
    (
        TracedStep("weights.py", 4, "e = x.exp()", "e", "exp", (2, 3), "float32", "known"),
        TracedStep("weights.py", 5, "total = e.sum()", "total", "sum", (), "float64", "first"),
    ),
    *(1, "tensor(2)", "tensor([1, 1])", "`total` is summed up along it."),
)


def test_the_first_wrong_line_is_told_and_nothing_is_recorded(
    warm_learn: Any, softmax: Path, workspace: Path
) -> None:
    softmax.write_text(WRONG)
    done = warm_learn("trace", "softmax")
    assert done.returncode == 1, done.stderr
    assert "✓    5  e = torch.exp" in done.stdout
    assert "✗    6  return e / e.sum()" in done.stdout
    assert "Look at line 6" in done.stdout
    assert "`sum` gives a number" in done.stdout and "e: 2×1" in done.stdout
    assert "\x1b" not in done.stdout and max(map(len, done.stdout.splitlines())) <= 80
    with closing(sqlite3.connect(workspace / ".learn" / "progress.db")) as db:
        assert db.execute("SELECT count(*) FROM attempts").fetchone() == (0,)


@pytest.mark.parametrize(
    ("got", "offered"),
    [("tensor([1, 2])", True), ("float32[2, 3, 8]", True), ("(3, 4, 5)", False), ("", False)],
)
def test_it_is_offered_where_torch_made_what_is_wrong(got: str, offered: bool) -> None:
    test = TestResult("t", "A test.", 0, 1, "failed", message="It differs.", got=got)
    report = Report("e", "E", "failed", 0, 1, 0, "cpu", tests=(test,))
    assert ("learn trace" in advice(report, "check", commands("e"))) == offered


def test_where_it_cannot_be_seen_there_is_a_next_step(warm_learn: Any, workspace: Path) -> None:
    file = workspace / "ch01_attention" / "layer_costs.py"
    stub = file.read_text()
    file.write_text(stub.replace("raise NotImplementedError", "return LayerCosts(1, 2, 3)"))
    said = " ".join(warm_learn("trace", "layer_costs").stdout.split())
    assert "Work out this call by hand, and `print` what your lines make" in said


def test_json(warm_learn: Any, softmax: Path) -> None:
    softmax.write_text(WRONG)
    trace = json.loads(warm_learn("trace", "softmax", "--json").stdout)["trace"]
    assert trace["steps"][trace["first"]]["line"] == 6


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        (None, 1, "`softmax` is not written yet"),
        (WRONG.replace("e.sum()", "e.sum(dim, keepdim=True)"), 0, "softmax passes"),
        ("def softmax(:\n", 1, "is not valid Python"),
    ],
)
def test_where_there_is_nothing_to_follow(
    warm_learn: Any, softmax: Path, source: str | None, code: int, says: str
) -> None:
    if source:
        softmax.write_text(source)
    done = warm_learn("trace", "softmax")
    assert (done.returncode, done.stderr) == (code, "")
    assert says in " ".join(done.stdout.split())


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_the_key_shows_it_in_place_of_the_verdict(
    small: Small, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    async def grade(self: MadeUpGrader, submission: Submission) -> Report:
        asked.append(submission.traced)
        report = Report(submission.exercise, "", "failed", 0, 4, 0, "cpu", TESTS)
        return replace(report, trace=TRACE) if submission.traced else report

    monkeypatch.setattr(MadeUpGrader, "grade", grade)

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "e", "r")
        await press(pilot, "t")
        assert "Look at line 5" in text(pilot) and "total = e.sum()" in text(pilot)
        await press(pilot, "r")
        assert "Look at line 5" not in text(pilot)
        assert asked == [False, True, False]

    small.drive(script, size)


def test_where_nothing_can_be_traced_the_verdict_stays(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why there is no trace is said beside it; of what torch did not make none is offered."""

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r", "t")
        assert "not passed" in text(pilot) and "Trace" in text(pilot).splitlines()[-1]
        (note,) = pilot.app._notifications
        assert "trace" in note.message

        async def grade(self: MadeUpGrader, submission: Submission) -> Report:
            report = made_up_report(submission.exercise, False)
            return replace(report, tests=(replace(TESTS[2], got="(1, 1)", expected="(1, 2)"),))

        monkeypatch.setattr(MadeUpGrader, "grade", grade)
        await press(pilot, "r")
        assert "not passed" in text(pilot) and "Trace" not in text(pilot).splitlines()[-1]

    small.drive(script)
