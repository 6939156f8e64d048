"""One submission from its first test to its last: files, lost workers, time and output."""

import traceback
from collections.abc import Callable
from typing import Any

import pytest
import torch

from exercises.catalog import Limits
from grader.examiner import submission_process
from grader.examiner.exchange import Value
from grader.examiner.submission_process import SubmissionProcess, worker_limits
from grader.examiner.submission_proxy import SubmissionProxy
from grader.examiner.suite_run import SuiteRun
from grader.report import TestResult
from grader.worker.calls import Call, LoadedModule, Raised, load_source

Examine = Callable[..., dict[str, TestResult]]
Open = Callable[..., SubmissionProcess]

SHORT = Limits(seconds=1.0, total_seconds=60.0)
THREE_TESTS = """
def test_first(submission, expect): expect(submission.f(1)).equals(2)
def test_second(submission, expect): expect(submission.f(2)).equals(3)
def test_third(submission, expect): expect(submission.f(3)).equals(4)
"""
PLUS_ONE = "def f(x): return x + 1"


def misbehaving(action: str) -> str:
    """Right for 1 and 3; what it does for 2 is `action`."""
    return f"import os, sys\ndef f(x):\n    if x == 2: {action}\n    return x + 1\n"


def outcomes(results: dict[str, TestResult]) -> list[str]:
    return [result.outcome for result in results.values()]


def test_a_traceback_shows_the_lines_of_a_file_that_is_nowhere() -> None:
    module = load_source("nowhere", "nowhere.py", "def f():\n    return 1 / 0  # here\n")
    with pytest.raises(ZeroDivisionError) as caught:
        module.f()
    assert "return 1 / 0  # here" in "".join(traceback.format_exception(caught.value))


def test_a_source_that_fails_leaves_no_module() -> None:
    import sys

    with pytest.raises(ZeroDivisionError):
        load_source("half_loaded", "half_loaded.py", "1 / 0")
    assert "half_loaded" not in sys.modules


def test_a_new_test_forgets_what_the_last_one_made() -> None:
    session = LoadedModule(load_source("made", "made.py", "class A:\n    def n(self): return 3"))
    handle = session.keep(session.perform(Call(0, "A")), "0")
    assert session.perform(Call(1, handle, "n")) == 3
    session.begin(0)
    with pytest.raises(KeyError):
        session.perform(Call(1, handle, "n"))


@pytest.mark.parametrize(
    ("does", "given", "written"),
    [
        ("x += 1; y += 1", torch.ones(2), (0, 1)),
        ("x + 1", torch.ones(2), ()),
        ("x *= 1", torch.tensor([1.0, float("nan")]), ()),
        ("x += 1", torch.tensor([1.0, float("nan")]), (0,)),
        ("x.numpy()[0] = 3", torch.ones(2), (0,)),
        ("x.data = x.double()", torch.ones(2), (0,)),
        ("x.t_()", torch.eye(2), ()),
        ("x.t_()", torch.arange(6.0).view(2, 3), (0,)),
        ("x[0] = True", torch.tensor([False]), (0,)),
        ("x['w'][1].add_(1)", {"w": (1, torch.ones(2))}, (0,)),
        ("x.sort()", [3, 1, 2], (0,)),
        ("x.append(4)", [3], (0,)),
        ("x[:] = [n + 0.5 - 0.5 for n in x]", [2.25, float("inf")], ()),
        ("x.pop('w')", {"w": 1}, (0,)),
        ("y.zero_()", torch.ones(2), (1,)),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_call_tells_which_arguments_it_has_changed(
    does: str, given: Any, written: tuple[int, ...]
) -> None:
    source = f"def f(x, y): {does}\n"
    session = LoadedModule(load_source("changes", "changes.py", source))
    session.perform(Call(0, "f", args=(given,), kwargs={"y": torch.ones(1)}))
    assert session.written == written


LEFT_ALONE = """
def test_floats(submission, expect): expect(submission.f(torch.ones(2))).equals(2 * torch.ones(2))
def test_double(submission, expect):
    x = torch.ones(2, dtype=torch.float64)
    expect(submission.f(x=x)).equals(2 * x)
def test_left_alone(submission, expect):
    (after,) = submission.f.inputs_after(torch.ones(2))
    expect(after).equals(torch.ones(2))
def test_other(submission, expect):
    (after,) = submission.g.inputs_after(torch.ones(2))
    expect(after).equals(torch.ones(2))
"""
OTHER = "\ndef g(x): return x * 3"
OVERWRITES = "import torch\ndef f(x):\n    if x.dtype == torch.float64: x *= 2; return x\n"


def test_arguments_are_left_alone_where_every_call_leaves_them_alone(examine: Examine) -> None:
    right = f"def f(x): return x * 2{OTHER}"
    results = examine(LEFT_ALONE, f"{OVERWRITES}    return x * 2{OTHER}", right)
    assert outcomes(results) == ["passed", "passed", "failed", "passed"]
    found = results["test_left_alone"]
    assert found.points == 0
    assert found.message == (
        "In another test `f` changes `x` (torch.float64), which is its caller's."
    )
    assert found.call == "f(x=tensor([1, 1]))"


def test_what_the_solution_changes_may_be_changed(examine: Examine) -> None:
    ours = f"{OVERWRITES}    return x * 2{OTHER}"
    assert outcomes(examine(LEFT_ALONE, ours)) == ["passed"] * 4


def test_the_files_of_a_submission_import_each_other(play: Callable[..., SubmissionProxy]) -> None:
    files = {
        "answer.py": "from steps import double\nimport more\ndef f(x): return more.plus(double(x))",
        "steps.py": "def double(x): return 2 * x",
        "more.py": "import steps\ndef plus(x): return steps.double(x) + 1",
    }
    submission = play(files, solution="def f(x): return 4 * x + 1")
    assert submission.f(torch.ones(1)).tolist() == [5]


def test_an_error_in_another_file_shows_its_line(examine: Examine) -> None:
    files = {
        "answer.py": "import steps\ndef f(x): return steps.half(x)",
        "steps.py": "\n\ndef half(x): return x / zero",
    }
    (result, *_) = examine(THREE_TESTS, files, PLUS_ONE).values()
    assert [frame.file for frame in result.frames] == ["answer.py", "steps.py"]
    assert (result.frames[1].line, result.frames[1].code) == (3, "def half(x): return x / zero")


@pytest.mark.parametrize("mark", ["\f", "\v", "\x1c", "\x1e", "\x85", "\u2028"], ids=ascii)
def test_what_is_no_line_end_to_python_shifts_no_line(examine: Examine, mark: str) -> None:
    source = f"note = '{mark}'\n\f\ndef f(x):\r\n    return x / zero\n"
    (frame,) = examine(THREE_TESTS, source, PLUS_ONE)["test_first"].frames
    assert (frame.line, frame.code) == (4, "return x / zero")


def test_a_file_that_is_missing_cannot_be_imported(candidate: Open) -> None:
    loaded = candidate({"answer.py": "import steps", "other.py": ""}).load()
    assert isinstance(loaded, Raised)
    assert (loaded.type, loaded.message) == ("ModuleNotFoundError", "No module named 'steps'")


def test_files_that_import_each_other_in_a_circle_load(candidate: Open) -> None:
    files = {"answer.py": "import a", "a.py": "import b\nx = 1", "b.py": "import a\nimport answer"}
    assert isinstance(candidate(files).load(), Value)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        ("os._exit(0)", "Your code ended the Python process"),
        ("os.kill(os.getpid(), 9)", None),
        ("os.close(3); [os.close(n) for n in range(4, 64)]", None),
        (
            "\n        while True: pass",
            "Your code did not finish within 1 s and was stopped.",
        ),
        ("import time; time.sleep(999)", "Your code did not finish within 1 s"),
        ("sys.exit(0)", "Your code called `sys.exit`"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return", "The result of `f` should be a whole number (int); yours is None."),
    ],
)
def test_one_test_that_goes_wrong_leaves_the_others_their_results(
    examine: Examine, action: str, says: str | None
) -> None:
    results = examine(THREE_TESTS, misbehaving(action), PLUS_ONE, SHORT)
    assert outcomes(results) == ["passed", "failed", "passed"]
    if says:
        assert says in results["test_second"].message


def test_an_endless_loop_shows_the_line_it_was_in(examine: Examine) -> None:
    source = misbehaving("spin()") + "def spin():\n    while True:\n        pass\n"
    frames = examine(THREE_TESTS, source, PLUS_ONE, SHORT)["test_second"].frames
    assert [frame.function for frame in frames] == ["f", "spin"]
    assert frames[1].line in (6, 7)


def test_whoever_hides_from_the_time_limit_is_killed(examine: Examine) -> None:
    endless = "\n        while True:\n            try:\n                while True: pass"
    source = misbehaving(endless + "\n            except BaseException: pass")
    results = examine(THREE_TESTS, source, PLUS_ONE, SHORT)
    assert outcomes(results) == ["passed", "failed", "passed"]
    assert "did not finish within 1 s" in results["test_second"].message


def test_who_waits_for_threads_of_its_own_is_not_given_time_for_it(examine: Examine) -> None:
    """As for other processes, which have the processors now and then."""
    source = """
import hashlib, threading, time

def spin(): # without holding the interpreter
    while True: hashlib.pbkdf2_hmac("sha256", b"", b"", 100_000)

try:
    for _ in range(16): threading.Thread(target=spin, daemon=True).start()
except RuntimeError: pass  # as many as may be

def f(x):
    until = time.monotonic() + 0.6
    while time.monotonic() < until: hashlib.pbkdf2_hmac("sha256", b"", b"", 1_000)
    return x + 1
"""
    suite = """
def test_often(submission, expect):
    for number in range(8): expect(submission.f(number)).equals(number + 1)
"""
    (result,) = examine(suite, source, PLUS_ONE, SHORT).values()
    assert result.outcome == "failed" and "did not finish within 1 s" in result.message


def test_after_a_loss_the_rest_of_the_same_test_is_not_run(examine: Examine) -> None:
    suite = """
def test_goes_on(submission, expect):
    try:
        submission.f(2)
    except Exception:
        submission.f(1)
"""
    (result,) = examine(suite, misbehaving("os._exit(0)"), PLUS_ONE).values()
    assert result.message == "Not run: your code was stopped earlier in this test."


def test_a_fresh_worker_starts_the_file_afresh(examine: Examine) -> None:
    counting = "calls = []\n" + misbehaving("os._exit(0)").replace(
        "    return x + 1", "    calls.append(x)\n    return len(calls)"
    )
    results = examine(THREE_TESTS, counting, "def f(x): return 1")
    assert [result.message for result in results.values()] == [
        "It should be 2; yours is 1.",
        results["test_second"].message,
        "It should be 4; yours is 1.",
    ]


def test_a_file_that_loads_only_once_fails_each_later_test_by_its_own_error(
    candidate: Open,
) -> None:
    learner = candidate("import os\ndef f(): os._exit(0)")
    learner.load()
    learner.perform(Call(0, "f"))
    learner._files = {"answer.py": "1 / 0"}  # as a file does that looks at the clock, say
    for _ in range(3):
        outcome = learner.begin(0)
        assert isinstance(outcome, Raised)
        assert (outcome.type, outcome.frames[0][3]) == ("ZeroDivisionError", "1 / 0")


def test_all_answers_together_are_bounded(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission_process, "MAX_RECEIVED", 1 << 20)
    suite = """
def test_small(submission): submission.f(1)
def test_large(submission): submission.f(2)
def test_again(submission): submission.f(1)
"""
    source = "import torch\ndef f(x): return torch.arange(2.0 ** (17 if x == 1 else 18))"
    results = examine(suite, source, source)
    assert outcomes(results) == ["passed", "failed", "failed"]
    assert "`f` returned more than 1 MB in all its answers" in results["test_large"].message


def test_what_code_is_told_does_not_tell_the_seed_of_the_whole() -> None:
    """By a checksum it would: two of them differ by what does not depend on the seed."""

    def told(seed: int, name: str) -> int:
        run = SuiteRun(None, None, seed, "cpu", Limits())  # type: ignore[arg-type]
        return run.seed_of(name)

    differences = {told(seed, "test_a") ^ told(seed, "test_b") for seed in range(100)}
    assert len(differences) == 100
    assert told(5, "test_a") == told(5, "test_a")


def test_time_that_is_used_up_is_used_up_for_all(examine: Examine) -> None:
    limits = Limits(seconds=1.0, total_seconds=1.0)
    source = "def f(x):\n    while x == 1: pass\n    return x + 1"
    results = examine(THREE_TESTS, source, PLUS_ONE, limits)
    assert outcomes(results) == ["failed", "failed", "failed"]
    assert [result.message for result in results.values()][1:] == [
        "Not finished: the 1 s for the whole exercise are used up, most of them by the tests"
        " before."
    ] * 2


def test_the_kernel_ends_a_worker_that_nobody_watches_later_than_we_would() -> None:
    found = worker_limits(Limits(seconds=1.0, total_seconds=4.0, memory_mb=64))
    assert (found.seconds, found.memory_bytes) == (14.0, 64 * 2**20)


def test_what_is_printed_goes_to_the_test_that_ran(examine: Examine) -> None:
    source = """
import sys
def f(x):
    print("called with", x)
    print("warned", file=sys.stderr) if x == 2 else None
    return x + 1
"""
    assert [result.output for result in examine(THREE_TESTS, source).values()] == [
        "called with 1\n",
        "called with 2\nwarned\n",
        "called with 3\n",
    ]


def test_a_flood_of_output_is_cut(examine: Examine) -> None:
    source = "def f(x):\n    for _ in range(1000): print('x' * 1000)\n    return x + 1"
    for result in examine(THREE_TESTS, source).values():
        assert result.outcome == "passed"
        assert len(result.output) < 20_000
        assert result.output.endswith("… (the rest was dropped)")


def test_the_same_seed_gives_a_test_the_same_numbers(examine: Examine) -> None:
    suite = """
def test_one(submission, expect, rng): expect(submission.f(rng.normal(2))).equals(0.0)
def test_two(submission, expect, rng): expect(submission.f(rng.normal(2))).equals(0.0)
"""
    source = "import torch\ndef f(x): return x + torch.rand(2)"
    first, again = (examine(suite, source) for _ in range(2))
    assert [result.got for result in first.values()] == [result.got for result in again.values()]
    assert first["test_one"].got != first["test_two"].got


def test_a_suite_that_breaks_is_our_error(examine: Examine) -> None:
    suite = THREE_TESTS + "\ndef test_broken(submission): assert submission.f(1) == 7\n"
    results = examine(suite, PLUS_ONE)
    assert outcomes(results) == ["passed", "passed", "passed", "error"]
    assert results["test_broken"].message.startswith("The grader failed: AssertionError")
    assert results["test_broken"].points == 0


def test_titles_points_and_parameters_are_the_suites(examine: Examine) -> None:
    suite = '''
import pytest

@pytest.mark.points(2.5)
@pytest.mark.parametrize("x", [1, 2], ids=["one", "two"])
def test_adds(submission, expect, x):
    """One is added.

    Nobody reads this.
    """
    expect(submission.f(x)).equals(2)

def test_untitled(submission, expect): expect(submission.f(3)).equals(4)
'''
    results = examine(suite, PLUS_ONE)
    assert [
        (result.name, result.title, result.points, result.max_points) for result in results.values()
    ] == [
        ("test_adds[one]", "One is added (one).", 2.5, 2.5),
        ("test_adds[two]", "One is added (two).", 0.0, 2.5),
        ("test_untitled", "test_untitled", 1.0, 1.0),
    ]


def test_expectations_say_what_was_called_and_both_sides(examine: Examine) -> None:
    suite = """
def test_matches(submission, expect): expect(submission.f(1.0)).matches(5.0, because="Add 4.")
def test_finite(submission, expect): expect(submission.f(float("nan"))).is_finite()
def test_between(submission, expect): expect(submission.f(torch.ones(3))).is_between(0, 1)
def test_chance(submission, expect): expect(submission.f(torch.ones(1))).is_between(0, 1)
def test_shape(submission, expect): expect(submission.f(torch.ones(3))).has_shape(2, 3)
def test_sums(submission, expect): expect(submission.f(torch.zeros(2, 3))).sums_to(1.0)
def test_differs(submission, expect):
    x = torch.ones(3)
    expect(submission.f(x)).differs_from(x + 1)
"""
    results = examine(suite, PLUS_ONE)
    assert {name: result.message for name, result in results.items()} == {
        "test_matches": "Add 4. It should be 5; yours is 2.",
        "test_finite": "It should be finite; yours is nan.",
        "test_between": "3 of 3 numbers do not lie between 0 and 1.",
        "test_chance": "It should lie between 0 and 1; yours is 2.",
        "test_shape": "It should have shape (2, 3); yours has (3,).",
        "test_sums": "Sums along dim -1: 2 of 2 numbers differ; the most at [0]: "
        "yours 3, expected 1.",
        "test_differs": "It should change here, and it does not.",
    }
    matches = results["test_matches"]
    assert (matches.call, matches.got, matches.expected) == ("f(1)", "2", "5")
    good: dict[str, Any] = examine(
        suite.replace("5.0", "2.0")
        .replace('float("nan")', "0.0")
        .replace("0, 1)", "0, 2)")
        .replace("(2, 3)\n", "(3)\n")
        .replace("1.0)", "3.0)")
        .replace("x + 1", "x"),
        PLUS_ONE,
    )
    assert {name for name, result in good.items() if result.outcome != "passed"} <= {"test_matches"}
