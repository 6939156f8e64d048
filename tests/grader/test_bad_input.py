"""What bad input gets: one clear sentence, exit code 1, the other tests' results, and no trace.

Most cases are the solution of `softmax` with something wrong in the one test that asks in float64,
which shows whether the others are graded all the same.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import Catalog, Limits, load_catalog
from grader import Report, Submission
from grader.errors import UsageError
from grader.examiner.answer_key import solution_path
from grader.examiner.examiner import Examiner
from grader.examiner.sandbox import Sandbox
from grader.examiner.submission_process import SubmissionProcess
from grader.submission import MAX_SOURCE_BYTES

FLOAT64 = "test_float64_keeps_its_precision"
SECONDS = 1.0


@pytest.fixture(scope="module")
def examiner(sandbox: Sandbox) -> Examiner:
    """One that gives every test little time."""
    course = load_catalog()
    limits = Limits(SECONDS, memory_mb=1024)
    hasty = [
        replace(chapter, exercises=tuple(replace(e, limits=limits) for e in chapter.exercises))
        for chapter in course.chapters
    ]
    return Examiner("cpu", sandbox, Catalog(tuple(hasty)))


@pytest.fixture(scope="module")
def patient(sandbox: Sandbox) -> Examiner:
    return Examiner("cpu", sandbox)


@pytest.fixture
def grade(
    examiner: Examiner, patient: Examiner, solution: Callable[[str], str]
) -> Callable[..., Report]:
    """`grade(source)`; whatever it was, the right answer passes afterwards."""

    def grade(source: str | bytes) -> Report:
        report = examiner.grade(Submission("softmax", source, seed=1))
        assert patient.grade(Submission("softmax", solution("softmax"))).passed
        return report

    return grade


@dataclass(frozen=True)
class Case:
    """Statements that run in one call, and what the report says then."""

    id: str
    statements: str
    says: str
    line: bool = False  # whether the learner's line is shown


ONE_CALL = [
    Case("an exception", 'raise ValueError("no such dim")', r"^ValueError: no such dim$", True),
    Case("an exception below torch", "x @ x[0, 0, :2]", r"^RuntimeError: .*mat", True),
    Case("an endless loop", "while True: pass", r"did not finish within 1 s", True),
    Case("a sleep", "import time; time.sleep(60)", r"did not finish within 1 s", True),
    Case("sys.exit", "import sys; sys.exit(0)", r"called `sys\.exit`", True),
    Case("exit", "raise SystemExit", r"called `sys\.exit`", True),
    Case("os._exit", "import os; os._exit(0)", r"ended the Python process.*`os\._exit`"),
    Case("a recursion bomb", "return softmax(x, dim)", r"calls itself without end", True),
    Case("50 GB", "torch.ones(50 * 2**28)", r"more memory than the 1,024 MB", True),
    Case("50 GB of numpy", "import numpy; numpy.ones(50 * 2**27)", r"more memory than the", True),
    Case("50 GB in Python", "bytearray(50 * 2**30)", r"more memory than the", True),
    Case(
        "threads without end",
        "import threading as t; stop = t.Event()\n"
        "        while True: t.Thread(target=stop.wait).start()",
        r"can't start new thread|did not finish",
        True,
    ),
    Case(
        "a huge tensor", "return torch.empty(10**8)", r"shape \(100000000,\), 400 MB\. .*taken back"
    ),
    Case("a huge view", "return torch.empty(1).expand(10**10)", r"40,000 MB\. .*taken back"),
    Case("a huge text", "return 'x' * 5_000_000", r"a structure of 5 MB\. .*taken back"),
    Case(
        "closing descriptors", "import os; os.closerange(0, 99)", r"closed what it answers through"
    ),
    Case(
        "garbage in the channel",
        "import os, stat\n"
        "        for d in range(3, 64):\n"
        "            try: stat.S_ISSOCK(os.fstat(d).st_mode) and os.write(d, b'x' * 99)\n"
        "            except OSError: pass",
        r"wrote into the channel that only results may go through",
    ),
    Case("a crash", "import ctypes; ctypes.string_at(0)", r"crashed Python itself \(segmentation"),
    Case("a file", "open('/tmp/x', 'w')", r"not allowed here .*no files", True),
    Case("another program", "import os; os.system('true'); os.fork()", r"no other programs", True),
    Case("the network", "import socket; socket.socket()", r"no network", True),
    Case(
        "a wrong type",
        "return x.tolist()",
        r"should be a tensor of shape \(3, 2, 5\); .* a list of 3",
    ),
    Case("no type at all", "return None", r"yours is None\. Is a `return` missing\?"),
    Case("a wrong shape", "return x[0]", r"should have shape \(3, 2, 5\); yours has \(2, 5\)\."),
    Case("a wrong dtype", "return x.float()", r"dtype torch\.float64; yours has torch\.float32\."),
    Case(
        "an unusual dtype",
        "return x + 0j",
        r"yours is an object of type Tensor \(torch\.complex128",
    ),
    Case("a sparse tensor", "return x.to_sparse()", r"object of type Tensor .*torch\.sparse_coo"),
    Case("NaN", "return x * float('nan')", r"30 of 30 numbers are NaN, the first at \[0, 0, 0\]"),
    Case("infinity", "return x.exp() * float('inf')", r"30 of 30 numbers differ; .*yours inf"),
    Case("a number of many digits", "return 10**4000", r"yours is the number 1000"),
    Case("a number of too many digits", "return 10**6000", r"4300 digits"),
    Case("half a character", "raise ValueError('\\ud800')", r"^ValueError: (\?|\\ud800)$", True),
]


@pytest.mark.parametrize("case", ONE_CALL, ids=lambda case: case.id)
def test_one_call_that_misbehaves_fails_one_test(
    case: Case, grade: Callable[..., Report], solution: Callable[[str], str]
) -> None:
    source = solution("softmax")
    begin = "    exps = torch.exp("
    assert source.count(begin) == 1
    source = source.replace(
        begin,
        f"    if x.dtype == torch.float64 and x.dim() == 3:\n        {case.statements}\n{begin}",
    )
    report = grade(source)
    assert (report.outcome, report.exit_code, report.problem) == ("failed", 1, None)
    failed = [test for test in report.tests if test.outcome != "passed"]
    assert [test.name for test in failed] == [FLOAT64]
    assert re.search(case.says, failed[0].message), failed[0].message
    assert report.points == report.max_points - failed[0].max_points
    shown = [(frame.file, frame.code) for frame in failed[0].frames]
    assert bool(shown) == case.line
    lines = {line.strip() for line in source.splitlines()}
    assert all(file == "softmax.py" and code in lines for file, code in shown)
    if case.line:
        last = failed[0].frames[-1]
        assert source.splitlines()[last.line - 1].strip() == last.code
        assert any(code in case.statements for _, code in shown)


def test_what_is_printed_without_end_is_cut(
    grade: Callable[..., Report], solution: Callable[[str], str]
) -> None:
    begin = "    exps = torch.exp("
    report = grade(solution("softmax").replace(begin, f"    print('spam ' * 2_000_000)\n{begin}"))
    for test in report.tests:
        assert test.output.startswith("spam spam ")
        assert "the rest was dropped" in test.output
        assert len(test.output) <= 20_000


def test_a_warning_is_shown_without_where_torch_raised_it(
    grade: Callable[..., Report], solution: Callable[[str], str]
) -> None:
    begin = "    exps = torch.exp("
    report = grade(solution("softmax").replace(begin, f"    torch.ones(1, 2, 3).T\n{begin}"))
    (shown,) = {test.output for test in report.tests if test.output}
    assert shown.startswith("Warning: The use of `x.T` on tensors of dimension other than 2")
    assert "Triggered" not in shown and shown.count("\n") == 1


SUITE_OF_FOUR = "\n".join(
    f"def test_{number}(submission): submission.softmax(1)" for number in range(4)
)


def test_the_time_for_the_whole_exercise_ends(examine: Callable[..., Any]) -> None:
    """Each test is stopped; when too many were, the rest is not run at all."""
    sleeping = "import time\n\ndef softmax(x, dim=-1):\n    time.sleep(60)\n"
    limits = Limits(seconds=0.3, total_seconds=0.6)
    results = [*examine(SUITE_OF_FOUR, sleeping, "def softmax(x): return x", limits).values()]
    assert "did not finish within 0.3 s " in results[0].message
    assert "Not finished: the 0.6 s for the whole exercise" in results[-1].message


WHOLE_FILE = {
    "not UTF-8": (b"def softmax(x):\n    return '\xff'\n", "encoding", r"is not UTF-8", None),
    "UTF-16": ("def softmax(x): ...".encode("utf-16"), "encoding", r"is not UTF-8", None),
    "UTF-16 LE": ("def softmax(x): ...".encode("utf-16-le"), "encoding", r"is not UTF-8", None),
    "UTF-16 BE": ("# µ\nx = 1\n".encode("utf-16-be"), "encoding", r"is not UTF-8", None),
    "UTF-16 as text": ("d\0e\0f\0 \0s\0(\0)\0:\0", "encoding", r"is not UTF-8", None),
    "too large": (b"#" * (MAX_SOURCE_BYTES + 1), "size", r"larger than 256 KB", None),
    "a syntax error": ("x = 1\ndef softmax(x:\n", "syntax", r"^Line 2 of softmax\.py is not", 2),
    "a tab among spaces": ("def f():\n    a\n\tb\n", "syntax", r"^Line 3 .*tabs", 3),
    "a null character": ("x = '\0'\n", "syntax", r"null", None),
    "nested too deep": ("(" * 9000 + ")" * 9000, "syntax", r"not valid Python", None),
    "nothing": ("", "entry", r"does not define `softmax`\. It defines no function", None),
    "another name": (
        "def softmx(x): ...\nclass Softmax: ...\n",
        "entry",
        r"does not define `softmax`\. It defines `softmx`, `Softmax`\.",
        None,
    ),
    "no function": ("softmax = 3\n", "entry", r"should be a function or a class; .* a int", None),
    "an exception": ("import math\n1 / 0\n", "load", r"ZeroDivisionError: division by zero", 2),
    "a module that is not there": ("import pandas\n", "load", r"No module named 'pandas'", 1),
    "our own modules": ("import reference\n", "load", r"reference", 1),
    "an endless loop": ("while True:\n    pass\n", "load", r"did not finish within", None),
    "sys.exit": ("import sys\nsys.exit(0)\n", "load", r"called `sys\.exit`", 2),
    "os._exit": ("import os\nos._exit(0)\n", "load", r"ended the Python process", None),
    "a forbidden call": (
        "import torch\ndef softmax(x, dim=-1):\n    return torch.softmax(x, dim)\n",
        "forbidden",
        r"^Line 3 uses `torch\.softmax`\. ",
        3,
    ),
}


@pytest.mark.parametrize("name", WHOLE_FILE)
def test_a_file_that_cannot_be_graded_is_told_why(name: str, grade: Callable[..., Report]) -> None:
    source, kind, says, line = WHOLE_FILE[name]
    report = grade(source)
    assert (report.outcome, report.exit_code, report.points) == ("failed", 1, 0)
    assert report.max_points > 0
    assert report.problem is not None
    assert (report.problem.kind, report.problem.line) == (kind, line) or line is None
    assert re.search(says, report.problem.message), report.problem.message
    if line is not None:
        assert isinstance(source, str)
        assert report.problem.code.strip() == source.splitlines()[line - 1].strip()
    assert {test.outcome for test in report.tests} == {"failed"}


@pytest.mark.parametrize("form", [str, lambda text: text.encode()], ids=["text", "bytes"])
def test_a_byte_order_mark_is_no_part_of_the_file(
    form: Callable[[str], str | bytes], grade: Callable[..., Report], solution: Callable[[str], str]
) -> None:
    assert grade(form("\ufeff" + solution("softmax"))).passed


def test_several_files_count_together(examiner: Examiner) -> None:
    half = "#" * (MAX_SOURCE_BYTES // 2 + 1)
    report = examiner.grade(Submission("softmax", {"softmax.py": half, "more.py": half}))
    assert report.problem is not None
    assert report.problem.message.startswith("What was handed in is larger than 256 KB.")


SIGNATURES = {
    "too few parameters": ("def softmax(x): return x", r"it takes \(x\).*unexpected.*'dim'"),
    "another name": ("def softmax(x, axis=-1): return x", r"it takes \(x, axis=-1\)"),
    "one too many": ("def softmax(x, dim, eps): return x", r"missing a required argument: '"),
    "none": ("def softmax(): return 1", r"it takes \(\) \(too many positional arguments\)"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_wrong_signature_is_named_with_the_stubs(name: str, grade: Callable[..., Report]) -> None:
    source, says = SIGNATURES[name]
    messages = [test.message for test in grade(source).tests]
    pattern = rf"^`softmax` cannot be called this way: .*{says}.*Keep the stub's signature\.$"
    assert any(re.search(pattern, message) for message in messages), messages


def test_the_stub_is_told_that_it_is_not_written(grade: Callable[..., Report]) -> None:
    stub = load_catalog().exercise("softmax").stub.read_text(encoding="utf-8")
    messages = {test.message for test in grade(stub).tests}
    assert messages == {"`softmax` is not written yet: it still raises NotImplementedError."}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing.py", "There is no file"),
        ("unknown.py", "no exercise"),
        ("softmax.py", "is a symbolic link. Name the file itself."),
        ("pipe.py", "is no ordinary file."),
        ("esc\x1b[31m.py", r"esc\x1b[31m"),
        ("a" * 300 + ".py", "cannot be read: File name too long."),
        ("a/" * 3000, "cannot be read: File name too long."),
        ("pipe.py/softmax.py", "cannot be read: Not a directory."),
    ],
)
def test_what_is_not_there_to_be_graded_is_a_usage_error(
    name: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "unknown.py").write_text("")
    (tmp_path / "softmax.py").symlink_to(solution_path(load_catalog().exercise("softmax")))
    os.mkfifo(tmp_path / "pipe.py")
    command = [sys.executable, "-m", "grader.cli", "run", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grader: ")
    assert len(done.stderr.splitlines()) == 1
    assert says in done.stderr


@pytest.mark.parametrize(
    "files",
    [{"a" * 300_000: ""}, {f"{number}.py": "" for number in range(60_000)}],
    ids=["a long name", "many names"],
)
def test_names_of_files_count_as_what_was_handed_in(
    files: dict[str, str], examiner: Examiner, solution: Callable[[str], str]
) -> None:
    report = examiner.grade(Submission("softmax", {"softmax.py": solution("softmax"), **files}))
    assert report.problem is not None
    assert report.problem.message == (
        "What was handed in is larger than 256 KB. An answer needs a few."
    )


def test_code_of_others_is_not_run_where_a_layer_is_missing(
    examiner: Examiner, solution: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = solution("softmax")
    only = Submission("softmax", source, only_sandboxed=True)
    if (
        "missing"
        not in (layers := examiner.grade(replace(only, only_sandboxed=False)).layers).values()
    ):
        assert examiner.grade(only).passed

    def start_without_landlock(process: SubmissionProcess) -> None:
        start(process)
        process.layers = {**layers, "landlock": "missing"}

    def load(_: SubmissionProcess) -> None:
        pytest.fail("it was run")

    start = SubmissionProcess._start
    monkeypatch.setattr(SubmissionProcess, "_start", start_without_landlock)
    assert examiner.grade(replace(only, only_sandboxed=False)).passed
    monkeypatch.setattr(SubmissionProcess, "load", load)
    with pytest.raises(UsageError, match=r"landlock missing.*grader doctor.*--allow-unsandboxed"):
        examiner.grade(only)
