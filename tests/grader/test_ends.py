"""Whatever ends one of our processes ends those below it; and nobody waits for what is endless."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from threading import Thread, Timer

import pytest
from processes import ENDLESS, below, comes_true, generations, gone, parents, works

from exercises.catalog import Limits
from grader import Grader, Submission
from grader.examiner.exchange import Value
from grader.examiner.submission_process import SubmissionProcess
from grader.executor import ExaminerPool
from grader.report import Report, TestResult
from grader.worker.calls import Call, Raised

Examine = Callable[..., dict[str, TestResult]]

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's watch is Linux's")
COMMAND = [sys.executable, "-m", "grader.cli", "run", "softmax.py"]
CHAIN = ("command", "examiner", "zygote", "worker")
# Until the processes that it starts would end by themselves takes several times as long.
SOON = 5.0
SHORT = Limits(seconds=1.0, total_seconds=60.0)


@pytest.fixture
def right(solution: Callable[[str], str]) -> Submission:
    return Submission("softmax", solution("softmax"), seed=1)


@pytest.fixture
def command(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`grader run` with an answer that never comes."""
    (tmp_path / "softmax.py").write_text(ENDLESS)
    devnull = subprocess.DEVNULL
    started = subprocess.Popen(COMMAND, cwd=tmp_path, stdout=devnull, stderr=devnull)
    yield started
    started.kill()
    started.wait()


# When one of them is there, it has not come to itself yet: Python is starting, then torch loading.
STAGES: dict[str, Callable[[list[list[int]]], object]] = {
    "examiner starting": lambda chain: len(chain) >= 2,
    "zygote starting": lambda chain: len(chain) >= 3,
    "worker starting": lambda chain: len(chain) >= 4,
    "answer awaited": lambda chain: len(chain) >= 4 and any(map(works, chain[3])),
}
MOMENTS = [(stage, who) for number, stage in enumerate(STAGES) for who in CHAIN[: number + 1]]


@linux
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=lambda each: each.name)
@pytest.mark.parametrize(("stage", "who"), [m for m in MOMENTS if m[1] != "worker"])
def test_who_ends_takes_those_below_along(
    command: "subprocess.Popen[bytes]", stage: str, who: str, number: signal.Signals
) -> None:
    assert comes_true(lambda: STAGES[stage](generations(command.pid)))
    (pid, *_) = generations(command.pid)[CHAIN.index(who)]
    left = below(pid)
    assert left or stage == "worker starting"  # that may be a helper's helper, gone by now
    os.kill(pid, number)
    assert gone(left, SOON)


@linux
def test_a_grader_outlives_the_thread_that_made_it(right: Submission) -> None:
    made: list[Grader] = []
    thread = Thread(target=lambda: made.append(Grader()))
    thread.start()
    thread.join()
    with made[0] as grader:
        assert grader.grade(right).passed


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("is_right", [True, False])
@pytest.mark.slow
def test_closed_streams_cost_no_verdict(
    tmp_path: Path,
    right: Submission,
    closed: str,
    is_right: bool,
    warm: Callable[..., list[str]],
) -> None:
    """A wrong answer's is asked of a warm examiner: what becomes of the streams is known then."""
    (tmp_path / "softmax.py").write_text(str(right.source) if is_right else "softmax = abs")
    command = COMMAND if is_right else warm("grader.cli", "run", "softmax.py")
    line = f"{shlex.join(command)} --output report.json --format json {closed}"
    done = subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0 if is_right else 1, "", "")
    assert '"outcome"' in (tmp_path / "report.json").read_text()


def test_a_program_that_has_closed_its_streams_may_grade(tmp_path: Path, right: Submission) -> None:
    """Nobody has opened them again for it, as our commands do."""
    program = f"""
import os
os.closerange(0, 3)
from grader import Grader, Submission
with Grader() as grader:
    report = grader.grade(Submission("softmax", {right.source!r}))
    print("printed into the void")
    os.write(2, b"and so is this")
    again = grader.grade(Submission("softmax", {right.source!r}))
open("verdict", "w").write(report.outcome + " " + again.outcome)
"""
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "verdict").read_text() == "passed passed"


# Who has ended one of ours


@pytest.fixture
def endless_check(right: Submission) -> Iterator[tuple[Grader, "Future[Report]", dict[str, int]]]:
    """One that a worker is busy with, and our processes by name."""
    with ExaminerPool() as pool:
        grader = Grader(executor=pool)
        layers = grader.grade(right).layers
        examiner = pool.submit(os.getpid).result()
        running = grader.submit(Submission("softmax", ENDLESS, seed=1))
        assert comes_true(lambda: any(map(works, generations(examiner)[2])))
        _, (zygote,), children = generations(examiner)
        ours = {"examiner": examiner, "zygote": zygote, "worker": next(filter(works, children))}
        if layers["namespaces"] != "not to be had here":
            ours["first process"] = children[0]
        yield grader, running, ours


@linux
@pytest.mark.parametrize("who", ["examiner", "zygote", "first process"])
def test_one_of_ours_that_is_killed_is_no_failure_of_the_learners(
    endless_check: tuple[Grader, "Future[Report]", dict[str, int]], who: str, right: Submission
) -> None:
    grader, running, ours = endless_check
    if who not in ours:
        pytest.skip("this machine gives no namespaces")
    os.kill(ours[who], signal.SIGKILL)
    report = grader.result(right, running)
    assert (report.outcome, report.tests) == ("error", ())
    assert report.problem and report.problem.message.endswith("Try again.")
    assert not report.problem.code
    assert grader.grade(right).passed


@linux
def test_a_worker_that_is_killed_is_the_learners_failure(
    endless_check: tuple[Grader, "Future[Report]", dict[str, int]], right: Submission
) -> None:
    """Whoever it was: the system ends one that takes the memory of all."""
    grader, running, ours = endless_check
    os.kill(ours["worker"], signal.SIGKILL)
    report = grader.result(right, running)
    assert report.outcome == "failed"
    assert "It was killed by the system" in report.tests[0].message


@linux
def test_a_worker_that_is_killed_while_it_waits_for_an_answer_is_replaced(
    right: Submission,
) -> None:
    """It has nothing of the learner's yet."""
    with ExaminerPool() as pool:
        grader = Grader(executor=pool)
        assert grader.grade(right).passed
        waiting = generations(pool.submit(os.getpid).result())[2][1:]
        for worker in waiting:
            os.kill(worker, signal.SIGKILL)
        assert gone(waiting)
        assert grader.grade(right).passed


# What is endless


def test_what_is_cancelled_makes_room_and_the_examiner_stays_warm(right: Submission) -> None:
    with ExaminerPool() as pool:
        grader = Grader(executor=pool)
        examiner = pool.submit(os.getpid).result()
        endless = Submission("softmax", ENDLESS, seed=1)
        running, waiting = grader.submit(endless), grader.submit(endless)
        assert comes_true(lambda: any(map(works, below(examiner) & parents().keys())))
        for future in (waiting, running):
            assert future.cancel()
            with pytest.raises(CancelledError):
                future.result()
        answered = grader.submit(right)
        assert answered.result().passed
        assert not answered.cancel()
        assert pool.submit(os.getpid).result() == examiner


@pytest.mark.usefixtures("restless")
def test_a_cancellation_at_any_moment_meets_no_other_task(right: Submission) -> None:
    """Each is cancelled a little later: while it waits, is sent, runs, and when it is done."""
    with Grader() as grader:
        assert grader.grade(right).passed
        for step in range(40):
            cancelled = grader.submit(right)
            time.sleep(step / 400)
            cancelled.cancel()
            kept = grader.submit(right)
            assert kept.result().passed
            assert cancelled.done()


def test_a_submission_that_is_cancelled_gives_no_answer_any_more(
    candidate: Callable[..., SubmissionProcess],
) -> None:
    """Not to what it was asked before, not to what it is asked later, nor in a fresh worker."""
    found = candidate("def f(x):\n    while x: pass\n    return 1", Limits(600.0, 600.0))
    found.load()
    Timer(0.3, found.cancel).start()
    lost = Raised("lost", "", "")
    assert found.perform(Call(0, "f", args=(1,))) == lost
    assert found.perform(Call(1, "f", args=(0,))) == lost
    assert found.begin(0) == lost


def test_when_one_test_has_run_out_of_time_the_others_share_what_is_left(examine: Examine) -> None:
    suite = "".join(
        f"def test_{number}(submission, expect): expect(submission.f({number})).equals({number})\n"
        for number in range(9)
    )
    endless = "def f(x):\n    while x != 8: pass\n    return 1"
    first, *others, last = examine(suite, endless, "def f(x): return 1", SHORT).values()
    assert "did not finish within 1 s" in first.message
    for result in others:
        assert result.message == (
            "Not finished: a test before this one ran out of time, so the others have 1 s together."
        )
    assert last.message == others[0].message


def test_what_is_quick_has_its_verdict_although_another_test_ran_out_of_time(
    examine: Examine,
) -> None:
    suite = "".join(
        f"def test_{number}(submission, expect): expect(submission.f({number})).equals({number})\n"
        for number in range(6)
    )
    endless = "def f(x):\n    while x == 2: pass\n    return x"
    results = examine(suite, endless, "def f(x): return x", SHORT)
    assert [result.outcome for result in results.values()] == ["passed"] * 2 + ["failed"] + [
        "passed"
    ] * 3


@pytest.fixture
def busy_processor() -> Iterator[int]:
    """One on which six other processes want to work all the time."""
    number = max(os.sched_getaffinity(0))
    others = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import os; os.sched_setaffinity(0, {{{number}}})\nwhile True: pass",
            ]
        )
        for _ in range(6)
    ]
    yield number
    for other in others:
        other.kill()
        other.wait()


def test_time_that_other_processes_had_is_not_charged(
    candidate: Callable[..., SubmissionProcess], busy_processor: int
) -> None:
    """Forty calls of a fiftieth of a second each, and a second for all."""
    source = (
        "import time\n"
        "def f(x):\n"
        "    ends = time.thread_time() + 0.02\n"
        "    while time.thread_time() < ends: pass\n"
        "    return x\n"
    )
    limits = Limits(1.0, 20.0)
    found = candidate(source, limits)
    found.load()
    found.begin(0)
    os.sched_setaffinity(found._pid, {busy_processor})
    started = time.monotonic()
    assert [found.perform(Call(n, "f", args=(n,))) for n in range(40)] == list(
        map(Value, range(40))
    )
    took = time.monotonic() - started
    assert took > limits.seconds, "the processor was not busy enough to show anything"


def test_time_that_is_slept_away_is_charged(candidate: Callable[..., SubmissionProcess]) -> None:
    found = candidate("import time\ndef f(x): time.sleep(x)", Limits(1.0, 20.0))
    found.load()
    found.begin(0)
    last = [found.perform(Call(n, "f", args=(0.3,))) for n in range(5)][-1]
    assert isinstance(last, Raised) and last.kind in ("time", "lost")


# A learner's death


@pytest.mark.parametrize("method", ["", "gradients", "inputs_after"])
@pytest.mark.parametrize(
    "end", ["os._exit(0)", "os.close(channel)", "__import__('ctypes').string_at(0)"]
)
def test_a_worker_that_ends_between_two_calls_is_the_learners_failure(
    examine: Examine, end: str, method: str
) -> None:
    answer = f"""
import os, threading
def is_open(n):
    try: return bool(os.fstat(n))
    except OSError: return False
channel = next(n for n in range(3, 64) if is_open(n))
def f(x):
    threading.Timer(0.05, lambda: {end}).start()
    return x
"""
    call = f"submission.f.{method}" if method else "submission.f"
    suite = f"""
import time
def test_two_calls(submission):
    {call}(torch.ones(2))
    time.sleep(0.5)
    {call}(torch.ones(2))
"""
    (result,) = examine(suite, answer, "def f(x): return x").values()
    assert result.outcome == "failed", result.message
    assert "Your code ended the Python process" in result.message
