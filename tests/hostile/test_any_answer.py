"""Whatever a submission answers, and wherever, it is a failed test: never an error of ours.

Each suite is run on its own solution, whose answers are exchanged, here and there, for others: of
the forms that can cross, since what cannot is refused before (tests/grader/test_replies.py).
"""

import math
import random
from collections.abc import Callable
from typing import cast

import pytest
import torch

from exercises.catalog import Exercise, load_catalog
from grader.examiner.answer_key import AnswerKey, solution_path
from grader.examiner.exchange import Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.reasons import find_reasons
from grader.examiner.submission_process import LOST, SubmissionProcess
from grader.examiner.suite_run import SuiteRun
from grader.worker.calls import Call, LoadedModule, Raised, load_source
from grader.worker.protocol import Handle, RecordValue

MAX_RUNS = 12
ENOUGH_TESTS = 180  # in all runs together: each of a large suite's runs asks that much more
EXERCISES = load_catalog().exercises
ANSWERS: list[object] = [
    *(None, True, 0, -1, 10**4000, -(10**30), 0.5, math.nan, math.inf, "", "\ud800", "passed"),
    *(
        torch.float32,
        (),
        [],
        {},
        {"": None},
        {1: 2, "1": 3},
        RecordValue("R", {}),
        RecordValue("R", {"x": 1}),
    ),
    *(Handle("0", "T"), Handle("999", ""), Handle("0:forward", "T"), [Handle("0", "T")] * 2),
    *(torch.tensor(math.nan), torch.zeros(0), torch.zeros(0, 10**9), torch.ones(2, 3).bool()),
    *(torch.ones(1, dtype=torch.int8), torch.full((3, 4), -math.inf), torch.ones((1,) * 60)),
    *((torch.ones(2), None), [torch.ones(2), torch.ones(2, 2)], {"weight": torch.ones(1)}),
    *([[[[]]]], ["x"] * 10_000, dict.fromkeys(range(1000)), {"inputs": [], "parameters": {}}),
    *({"inputs": None, "parameters": None}, {"inputs": [1], "parameters": 2}),
]


class Exchanging(InProcessCallee):
    """The solution; one answer of four is another, or an end of the worker."""

    def __init__(self, solution: LoadedModule, seed: int) -> None:
        super().__init__(solution, frozenset())
        self._random = random.Random(seed)

    def hurry(self, seconds: float) -> None:
        """As a worker that is asked again for the reason."""

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        outcome = super().perform(call, meanwhile)
        if self._random.random() > 0.25:
            return outcome
        other = self._random.choice([*ANSWERS, *sorted(LOST), "misshapen", "signature"])
        if isinstance(other, str) and other in {*LOST, "misshapen", "signature"}:
            return Raised(other, "", "", (), ("",))
        if isinstance(outcome, Value) and self._random.random() < 0.5:
            other = misshapen(outcome.value, other)
        return Value(other)


def misshapen(right: object, other: object) -> object:
    """The right answer with something wrong inside."""
    match right:
        case torch.Tensor() if right.is_floating_point() and right.numel():
            wrong = right.clone()
            wrong.flatten()[0] = math.nan
            return wrong
        case tuple() | list() if not hasattr(right, "_fields"):
            return type(right)([other, *right[1:]])
        case dict():
            return {**right, next(iter(right), "x"): other}
    return other


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_no_answer_is_our_error(exercise: Exercise) -> None:
    answer_key = AnswerKey(exercise)
    source = solution_path(exercise).read_text(encoding="utf-8")
    learner = load_source(f"exchanged_{exercise.id}", f"{exercise.id}.py", source)
    outcomes = set()
    tests = 0
    for seed in range(MAX_RUNS):
        callee = Exchanging(LoadedModule(learner), seed)
        run = SuiteRun(callee, answer_key.solution, seed, "cpu", exercise.limits)
        answer_key.suite.run(run)
        for test in run:
            assert test.outcome != "error", f"{test.name}, seed {seed}: {test.message}"
            outcomes.add(test.outcome)
            tests += 1
        asked_again = cast(SubmissionProcess, callee)
        find_reasons(run, answer_key, asked_again, exercise.limits, sections={})
        if tests >= ENOUGH_TESTS:
            break
    assert outcomes == {"passed", "failed"}
