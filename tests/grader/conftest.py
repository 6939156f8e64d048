"""What the grader's tests share: one warm grader, one sandbox, and ways to put code into it."""

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from exercises.catalog import Limits, load_catalog
from grader.examiner.answer_key import solution_path
from grader.examiner.exchange import Value
from grader.examiner.paired_calls import PairedCalls
from grader.examiner.sandbox import Sandbox
from grader.examiner.submission_process import SubmissionProcess
from grader.examiner.submission_proxy import SubmissionProxy
from grader.examiner.suite_run import Suite, SuiteRun
from grader.report import TestResult
from grader.worker.calls import LoadedModule, load_source

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Files = str | Mapping[str, str]
MAIN = "answer.py"
numbers = itertools.count()
PLENTY = Limits(seconds=60.0, total_seconds=600.0)


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns a thousand times as often, so that they meet where they may."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(interval / 1000)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A zygote of this process's own."""
    sandbox = Sandbox()
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def solution() -> Callable[[str], str]:
    """The text of our solution to an exercise."""
    return lambda exercise: solution_path(load_catalog().exercise(exercise)).read_text("utf-8")


@pytest.fixture
def candidate(sandbox: Sandbox) -> Iterator[Callable[..., SubmissionProcess]]:
    """`candidate(files)`: a submission in a worker of its own, inspected but not yet loaded."""
    opened = []

    def open_candidate(files: Files, limits: Limits = PLENTY) -> SubmissionProcess:
        named = {MAIN: files} if isinstance(files, str) else files
        found = SubmissionProcess(sandbox, named, MAIN, (), frozenset(), limits)
        opened.append(found)
        assert found.inspect() == Value(None)
        return found

    yield open_candidate
    for one in opened:
        one.close()


@pytest.fixture
def play(candidate: Callable[..., SubmissionProcess]) -> Callable[..., SubmissionProxy]:
    """`play(files, solution)`: the `submission` fixture of a suite, inside one test."""

    def start(files: Files, solution: str | None = None, seed: int = 0) -> SubmissionProxy:
        learner = candidate(files)
        assert isinstance(learner.load(), Value)
        session = solution_session(files, solution)
        session.begin(seed)
        assert isinstance(learner.begin(seed), Value)
        return SubmissionProxy(PairedCalls(learner, session, PLENTY))

    return start


@pytest.fixture
def examine(candidate: Callable[..., SubmissionProcess], tmp_path: Path) -> Callable[..., object]:
    """`examine(suite, files, solution)`: the results of a whole suite, by the tests' names."""

    def run(
        suite: str, files: Files, solution: str | None = None, limits: Limits = PLENTY
    ) -> dict[str, TestResult]:
        learner = candidate(files, limits)
        learner.load()
        file = tmp_path / f"test_answer_{next(numbers)}.py"  # pytest keeps what it has imported
        file.write_text("import torch\n" + suite, encoding="utf-8")
        run = SuiteRun(learner, solution_session(files, solution), 0, "cpu", limits)
        Suite(file).run(run)
        return {result.name: result for result in run}

    return run


def solution_session(files: Files, solution: str | None) -> LoadedModule:
    own = files if isinstance(files, str) else files[MAIN]
    return LoadedModule(load_source("solution_answer", "solution_answer.py", solution or own))
