"""What `from grader import …` promises, kept by real processes."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from processes import below, gone

import grader as package
from exercises.errors import CatalogError, UnknownExercise
from grader import Grader, GraderError, Submission
from grader.errors import ExaminerLost, UsageError
from grader.executor import ExaminerPool
from grader.grader import grade

WRONG = "def softmax(x, dim=-1): return x"
ENDLESS = "while True: pass"


@pytest.fixture
def right(solution: Callable[[str], str]) -> Submission:
    return Submission("softmax", solution("softmax"), seed=1)


def test_the_public_face_is_narrow() -> None:
    assert package.__all__ == ["Grader", "GraderError", "Report", "Submission"]
    assert all(hasattr(package, name) for name in package.__all__)


def test_the_example_in_the_docstring_runs_as_a_plain_script(
    tmp_path: Path, solution: Callable[[str], str]
) -> None:
    """No `__main__` guard, and nothing in its folder is imported by the examiner."""
    snippet = (package.__doc__ or "").split("\n\n", 1)[1]
    script = tmp_path / "script.py"
    script.write_text(
        f"text = open('answer.txt').read()\n{snippet}\n"
        "print(report.outcome, report.points == report.max_points > 0)\n",
        encoding="utf-8",
    )
    (tmp_path / "answer.txt").write_text(solution("softmax"), encoding="utf-8")
    trap = "open('imported.txt', 'a').write(__name__)\nraise ImportError('of a learner')\n"
    (tmp_path / "pytest.py").write_text(trap)
    (tmp_path / "torch.py").write_text(trap)
    environment = {**os.environ, "PYTEST_ADDOPTS": "--no-such-option", "PYTEST_PLUGINS": "nobody"}
    run = subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stdout) == (0, "passed True\n"), run.stderr
    assert not (tmp_path / "imported.txt").exists()


def test_reports_come_in_the_order_of_the_submissions(right: Submission, grader: Grader) -> None:
    wrong = Submission("softmax", WRONG, seed=1)
    submissions = [right, wrong, Submission("layer_costs", "", seed=2), wrong, right]
    reports = list(grader.grade_all(submissions))
    assert [report.exercise for report in reports] == [item.exercise for item in submissions]
    assert [report.passed for report in reports] == [True, False, False, False, True]


def test_a_seed_is_drawn_where_none_is_given(right: Submission, grader: Grader) -> None:
    fresh = Submission("softmax", right.source)
    seeds = {report.seed for report in grader.grade_all([fresh, fresh, fresh])}
    assert len(seeds) == 3
    first, again = (grader.grade(Submission("softmax", WRONG, seed=3)) for _ in range(2))
    assert [test.got for test in first.tests] == [test.got for test in again.tests]


def test_an_unknown_exercise_is_answered_with_the_closest(grader: Grader) -> None:
    for name, closest in (("softmx", "softmax"), ("layer_cost", "layer_costs")):
        with pytest.raises(UnknownExercise, match=rf"There is no exercise .*{closest}") as caught:
            grader.grade(Submission(name, "x = 1"))
        assert caught.value.exit_code == 2
        with pytest.raises(UnknownExercise):
            list(grader.grade_all([Submission(name, "x = 1")]))


def test_an_unknown_device_is_a_usage_error(grader: Grader) -> None:
    with pytest.raises(UsageError, match="There is no device 'tpu'"):
        grader.grade(Submission("softmax", WRONG, device="tpu"))
    assert issubclass(UsageError, GraderError)


def test_grade_and_what_goes_through_it_can_be_pickled(right: Submission, grader: Grader) -> None:
    report = grader.grade(right)
    for value in (right, report):
        assert pickle.loads(pickle.dumps(value)) == value
    for error in (
        UnknownExercise("softmx", ("softmax",)),
        CatalogError(Path("chapter.yaml"), "It breaks a rule.", 3),
        UsageError("There is no such device."),
    ):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy)) == (type(error), str(error))
    assert pickle.loads(pickle.dumps(grade)) is grade


@pytest.mark.usefixtures("restless")
@pytest.mark.parametrize("make", [
    lambda: ThreadPoolExecutor(3),
    lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")),
], ids=["threads", "processes"])  # fmt: skip
@pytest.mark.slow
def test_any_executor_will_do(
    make: Callable[[], Executor], right: Submission, solution: Callable[[str], str]
) -> None:
    """And it stays the caller's: closing the grader does not shut it down."""
    with make() as executor:
        with Grader(executor=executor) as grader:
            wrong = Submission("softmax", WRONG, seed=1)
            layer = Submission("self_attention", solution("self_attention"), seed=1)
            reports = list(grader.grade_all([right, wrong, layer] * 3))
        assert [report.passed for report in reports] == [True, False, True] * 3
        assert executor.submit(int, "3").result() == 3


@pytest.mark.slow
def test_an_examiner_that_is_killed_is_our_error_and_is_replaced(right: Submission) -> None:
    with ExaminerPool() as pool, ThreadPoolExecutor(1) as caller:
        grader = Grader(executor=pool)
        examiner = pool.submit(os.getpid).result()
        grading = caller.submit(grader.grade, Submission("softmax", ENDLESS, seed=5))
        time.sleep(0.3)  # it is in the middle of grading by then; all below holds either way
        os.kill(examiner, signal.SIGKILL)
        report = grading.result()
        assert (report.outcome, report.exit_code, report.seed) == ("error", 3, 5)
        assert (report.exercise, report.tests, report.max_points) == ("softmax", (), 0)
        assert report.problem is not None
        assert report.problem.kind == "internal"
        assert report.problem.message.startswith("The examining process ended (status -9)")
        assert pool.submit(os.getpid).result() != examiner
        assert grader.grade(right).passed


class Losing(Executor):
    """Notes what it is sent, and loses the process each time."""

    def __init__(self) -> None:
        self.sent: list[Submission] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent += args
        future: Future[Any] = Future()
        future.set_exception(ExaminerLost("The examining process ended (status -9)."))
        return future


def test_a_lost_examiner_reports_the_seed_that_it_was_sent() -> None:
    """So that whoever tries again, asks the same questions again."""
    losing = Losing()
    grader = Grader(executor=losing)
    fresh = Submission("softmax", WRONG)
    reports = [grader.grade(fresh), *grader.grade_all([fresh, fresh])]
    reports.append(grader.grade(Submission("softmax", WRONG, seed=5)))
    assert [report.outcome for report in reports] == ["error"] * 4
    assert [report.seed for report in reports] == [each.seed for each in losing.sent]
    assert len({report.seed for report in reports}) == 4
    assert (reports[-1].seed, fresh.seed) == (5, None)
    grader.submit(fresh)
    assert losing.sent[-1].seed is not None


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_closing_a_grader_leaves_no_process(
    right: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.executor.STARTING", 0.0)
    before = below(os.getpid())
    with Grader(jobs=2) as grader:
        started: set[int] = set()
        while len(started) < 6:  # two examiners, each with a zygote and its spare worker
            assert all(report.passed for report in grader.grade_all([right] * 4))
            started = below(os.getpid()) - before
    assert gone(started)


def process_of(pool: ExaminerPool, seconds: float) -> "Future[int]":
    """Which process does something that takes so long. It knows no module of the tests."""
    code = f"(__import__('time').sleep({seconds}), __import__('os').getpid())[1]"
    return pool.submit(eval, code)


def test_a_second_process_is_started_where_there_is_much_to_do() -> None:
    with ExaminerPool(2) as pool:
        alone = {task.result() for task in [process_of(pool, 0) for _ in range(20)]}
        assert len(alone) == 1
        both = {task.result() for task in [process_of(pool, 0.5) for _ in range(60)]}
        assert len(both) == 2 and alone < both


def test_who_waits_behind_what_does_not_end_gets_a_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grader.executor.PATIENCE", 0.1)
    with ExaminerPool(2) as pool:
        endless = process_of(pool, 600)
        assert process_of(pool, 0).result(timeout=120)
        assert not endless.done()
        pool.abandon()
