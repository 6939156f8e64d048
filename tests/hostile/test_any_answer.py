"""Whatever a submission answers, and wherever, it is a failure of its own: never an error of ours.

Each suite, each part in a checkpoint and each training run is given right code, whose answers are
exchanged, here and there, for others: of the forms that can cross, since what cannot is refused
before (tests/grader/test_replies.py).
"""

import json
import math
import random
import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import ClassVar, cast

import pytest
import torch

from exercises.catalog import Exercise, load_catalog
from grader.checkpoint import FAMILIES, _load
from grader.examiner.answer_key import AnswerKey, solution_path
from grader.examiner.checkpoints.parts import PARTS
from grader.examiner.exchange import Value
from grader.examiner.in_process import InProcessCallee
from grader.examiner.reasons import find_reasons
from grader.examiner.sandbox import Sandbox
from grader.examiner.submission_process import LOST, SubmissionProcess
from grader.examiner.suite_run import SuiteRun
from grader.formats.checkpoint import render
from grader.report import printable
from grader.training.folder import Plan, RunFolder
from grader.training.runs import SandboxedRun, TrainingFailed
from grader.training.session import Link, Session
from grader.worker.calls import Call, LoadedModule, Raised, load_source
from grader.worker.protocol import Handle, RecordValue
from grader.worker.training.run import begin
from grader.worker.training.settings import TEXT, Settings
from grader.worker.values import mapped
from reference.checkpoints import make_checkpoint
from tests.unchanged import skipped_while_unchanged
from tui.figures.curve import plot

MAX_RUNS = 8
ENOUGH_TESTS = 90  # in all runs together: each of a large suite's runs asks that much more
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
    *((math.nan, math.inf, -0.0), (1.7e308, -1.7e308, 5e-324)),
]


class Exchanging(InProcessCallee):
    """The solution; one answer of four is another, or an end of the worker."""

    def __init__(self, solution: LoadedModule, seed: int) -> None:
        super().__init__(solution, frozenset())
        self._random = random.Random(seed)

    def hurry(self, seconds: float) -> None:
        """As a worker that is asked again for the reason."""

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        outcome = exchanged(super().perform(call, meanwhile), self._random, often=0.25)
        return claiming(outcome, call, self._random)


class ExchangingWhenAskedAgain(InProcessCallee):
    """The solution, whose numbers are too large; asked for the reason, it answers anything."""

    def __init__(self, solution: LoadedModule, seed: int) -> None:
        super().__init__(solution, frozenset())
        self._random = random.Random(seed)
        self._is_asked_again = False

    def hurry(self, seconds: float) -> None:
        """Looking for the reason begins."""
        self._is_asked_again = True

    def perform(self, call: Call, meanwhile: Callable[[], object] | None = None) -> Value | Raised:
        outcome = super().perform(call, meanwhile)
        if self._is_asked_again:
            # Results that are never the same say all, and nothing else is asked.
            often = 0.02 if call.want == "value" else 0.5
            return claiming(exchanged(outcome, self._random, often), call, self._random)
        return outcome if isinstance(outcome, Raised) else enlarged(outcome)


def enlarged(answer: Value) -> Value:
    """Twice the numbers, and 1; the other truth: no known mistake."""

    def wrong(leaf: object, path: str) -> object:
        if isinstance(leaf, torch.Tensor):
            return ~leaf if leaf.dtype == torch.bool else 2 * leaf + 1
        return 2 * leaf + 1 if isinstance(leaf, int | float) else leaf

    return replace(answer, value=mapped(wrong, answer.value))


def claiming(outcome: Value | Raised, call: Call, chance: random.Random) -> Value | Raised:
    """The outcome, now and then with arguments that the call is said to have changed."""
    if isinstance(outcome, Raised) or chance.random() > 0.1:
        return outcome
    count = len(call.args) + len(call.kwargs)
    return replace(outcome, written=tuple(chance.sample(range(count), chance.randint(0, count))))


def exchanged(outcome: Value | Raised, chance: random.Random, often: float) -> Value | Raised:
    """The outcome of a call, or so often another."""
    if chance.random() > often:
        return outcome
    other = chance.choice([*ANSWERS, *sorted(LOST), "misshapen", "signature"])
    if isinstance(other, str) and other in {*LOST, "misshapen", "signature"}:
        return Raised(other, "", "", (), ("",))
    if isinstance(outcome, Value) and chance.random() < 0.5:
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
@skipped_while_unchanged(Path(__file__))
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
        if seed == 0:  # who looks for reasons is the same for all suites
            asked_again = cast(SubmissionProcess, callee)
            find_reasons(run, answer_key, asked_again, exercise.limits, sections={})
        if tests >= ENOUGH_TESTS:
            break
    assert outcomes == {"passed", "failed"}


@pytest.mark.parametrize("exercise", EXERCISES[::8], ids=lambda exercise: exercise.id)
@skipped_while_unchanged(Path(__file__))
def test_no_answer_to_whoever_looks_for_the_reason_is_our_error(exercise: Exercise) -> None:
    """Who looks is the same for all exercises."""
    answer_key = AnswerKey(exercise)
    source = solution_path(exercise).read_text(encoding="utf-8")
    learner = load_source(f"enlarged_{exercise.id}", f"{exercise.id}.py", source)
    for seed in range(3):
        callee = ExchangingWhenAskedAgain(LoadedModule(learner), seed)
        run = SuiteRun(callee, answer_key.solution, seed, "cpu", exercise.limits)
        answer_key.suite.run(run)
        assert any(test.outcome == "failed" for test in run)
        asked_again = cast(SubmissionProcess, callee)
        find_reasons(run, answer_key, asked_again, exercise.limits, sections={})


@pytest.mark.parametrize("family", FAMILIES)
def test_no_part_of_a_checkpoint_is_our_error(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, perform = random.Random(family), SubmissionProcess.perform
    monkeypatch.setattr(
        SubmissionProcess,
        "perform",
        lambda *arguments: exchanged(perform(*arguments), chance, often=0.3),
    )
    exercises = [part.exercise for part in PARTS if family in part.families]
    answers = {
        id: {f"{id}.py": solution_path(load_catalog().exercise(id)).read_text(encoding="utf-8")}
        for id in exercises
    }
    report = _load(make_checkpoint(family, tmp_path, seed=0), None, answers)
    assert {part.state for part in report.parts} >= {"failed"}
    assert all(len(part.says) <= 1_000 for part in report.parts)
    json.dumps(report.to_dict(), allow_nan=False)
    assert render(report)


class ExchangingRun:
    """In a worker's place: a run with parts of ours, some of whose answers are others."""

    layers: ClassVar[dict[str, str]] = {}

    def __init__(self, plan: Plan, chance: random.Random) -> None:
        self._run = begin(asdict(plan.settings), {}, plan.text)
        self._chance = chance

    def inspect(self) -> Value:
        return Value(None)

    load = renew = close = inspect

    def begin(self, seed: int) -> Value:
        return Value(None)

    def perform(self, call: Call) -> Value | Raised:
        if call.target == "begin":
            return Value(Handle("0", "Run"))
        answer = getattr(self._run, call.method)(*call.args)
        if self._chance.random() < 0.4:
            return Value(odd(answer, self._chance))
        return exchanged(Value(answer), self._chance, often=0.05)


def odd(right: object, chance: random.Random) -> object:
    """Another answer of a run, of the very form that is due."""
    match right:
        case [(float(), _, _), *_]:
            numbers = (math.nan, math.inf, 1.7e308, -1.7e308, 5e-324)
            return [tuple(chance.choices(numbers, k=3)) for _ in right]
        case dict():
            name = chance.choice(["__metadata__", "step", "\u05d0", "_"])
            return {**right, name: torch.zeros(2)}
        case torch.Tensor():
            return torch.full_like(right, chance.choice([-(2**63), 2**62]))
        case str():
            return chance.choice(["\ud800", "\x1b[2J" * 9999])
    return right


@pytest.mark.parametrize("task", ["reverse", TEXT])
def test_no_answer_of_a_run_is_our_error(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        task=task, steps=6, batch_size=2, d_model=4, n_heads=1, n_layers=1, context=8, n_merges=2
    )
    plan = Plan(settings, text="one and the other, " * 4)
    ended = set()
    for number in range(20):
        run, folder = ExchangingRun(plan, random.Random(number)), RunFolder(tmp_path / str(number))
        monkeypatch.setattr("grader.training.runs.SubmissionProcess", lambda *_, run=run: run)
        folder.create(plan)
        sandboxed = SandboxedRun(cast(Sandbox, None), plan)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            link = Link(theirs)
            try:
                link.tell("built", tree=sandboxed.tree())
                session = Session(sandboxed, plan, folder, link)
                session.open(None)
                session.train()
                session.open(None)  # what was kept can be read
                ended.add("through")
            except TrainingFailed as failed:
                assert printable(str(failed)) == str(failed)
                ended.add("stopped")
        if curve := folder.curve():
            assert plot({"loss": [(update.step, update.loss) for update in curve]}, 60)
    assert ended == {"through", "stopped"}
