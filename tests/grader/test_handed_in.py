"""One file is named, and all that belongs to the answer is graded; nothing else is read."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from grader import Grader, Report, Submission
from grader.errors import SubmissionError
from grader.examiner.answer_key import solution_path

LOOKUP = """
from softmax import softmax

def soft_lookup(query, keys, values):
    return softmax(keys @ query, dim=0) @ values
"""
BY_NAME = "import importlib\n\nimportlib.import_module('steps')\n"
IN_ONE_LINE = LOOKUP.replace("import softmax", "import softmax\nfinally: pass").replace(
    "\nfrom", "\ntry: from"
)
BY_STEPS = LOOKUP.replace("from softmax", "import math, steps as s; from steps")
STEPS = "from softmax import softmax\n"
Run = Callable[..., "subprocess.CompletedProcess[str]"]
Graded = Callable[[Path], tuple[int, Any]]
SECRET = "the_secret_of_another = 1\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write(files)`: a folder with these, of which `softmax.py` is our solution by itself."""

    def files(texts: Mapping[str, str], softmax: str | None = None) -> Path:
        folder = tmp_path / "ch01_attention"
        folder.mkdir()
        for name, text in {"softmax.py": softmax or right("softmax"), **texts}.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return files


def right(exercise: str) -> str:
    return solution_path(load_catalog().exercise(exercise)).read_text("utf-8")


def stub(exercise: str) -> str:
    return load_catalog().exercise(exercise).stub.read_text("utf-8")


@pytest.fixture
def run(warm: Callable[..., list[str]]) -> Run:
    """`run(file)`: what `grader run` says of it, and ends with."""

    def start(file: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = warm("grader.cli", "run", file, *arguments)
        return subprocess.run(command, capture_output=True, text=True)

    return start


@pytest.fixture
def graded(run: Run) -> Graded:
    """`graded(file)`: the exit code and the report."""

    def grade(file: Path) -> tuple[int, Any]:
        done = run(file, "--seed", "1", "--format", "json")
        assert done.stderr == ""
        return done.returncode, json.loads(done.stdout)

    return grade


# --- files of one's own


@pytest.mark.parametrize(
    "texts",
    [
        {"soft_lookup.py": LOOKUP},
        {"soft_lookup.py": BY_STEPS, "steps.py": STEPS},
        {"soft_lookup.py": IN_ONE_LINE},
        {"soft_lookup.py": "def f():\n    import softmax as s, math\n    return s\n" + LOOKUP},
        {"soft_lookup.py": BY_NAME + LOOKUP, "steps.py": STEPS},
    ],
    ids=["one", "through another", "in one line", "in a function", "by its name"],
)
def test_a_file_brings_along_what_it_imports(
    texts: dict[str, str], write: Callable[..., Path], graded: Graded
) -> None:
    folder = write({**texts, "broken.py": "not Python at all", "unused.py": SECRET})
    assert graded(folder / "soft_lookup.py")[0] == 0
    sent = Submission.from_file(folder / "soft_lookup.py").files()
    assert set(sent) == {"softmax.py", *texts}


def test_a_file_that_imports_nothing_of_its_own_goes_alone(write: Callable[..., Path]) -> None:
    folder = write({"steps.py": STEPS})
    (folder / "torch").mkdir()
    submission = Submission.from_file(folder / "softmax.py")
    assert submission.source == (folder / "softmax.py").read_bytes()


def test_files_that_import_each_other_end(write: Callable[..., Path]) -> None:
    folder = write({"soft_lookup.py": LOOKUP, "a.py": "import b"}, "import a, soft_lookup\n")
    (folder / "b.py").write_text("import a, softmax")
    found = Submission.from_file(folder / "soft_lookup.py").files()
    assert set(found) == {"soft_lookup.py", "softmax.py", "a.py", "b.py"}


@pytest.mark.parametrize("where", ["in a call", "at once"])
def test_an_imported_stub_is_named(where: str, write: Callable[..., Path], graded: Graded) -> None:
    at_once = "\nimport torch\nsoftmax(torch.ones(2))\n" if where == "at once" else ""
    folder = write({"soft_lookup.py": LOOKUP + at_once}, stub("softmax"))
    status, report = graded(folder / "soft_lookup.py")
    assert status == 1
    problem = report["problem"]
    messages = [problem["message"]] if problem else [test["message"] for test in report["tests"]]
    for message in messages:
        assert "`softmax` in softmax.py is not written yet" in message
        assert "soft_lookup.py imports it" in message


@pytest.mark.parametrize(
    ("softmax", "says"),
    [
        ("def softmax(:", "softmax.py is not valid Python"),
        ("1 / 0", "ZeroDivisionError"),
        ("x = 1", "cannot import name 'softmax' from 'softmax'"),
    ],
)
def test_what_is_wrong_with_an_imported_file_is_told(
    softmax: str, says: str, write: Callable[..., Path], graded: Graded
) -> None:
    folder = write({"soft_lookup.py": LOOKUP}, softmax)
    status, report = graded(folder / "soft_lookup.py")
    assert status == 1
    assert says in report["problem"]["message"]


def test_a_dot_before_the_name_is_told(write: Callable[..., Path], graded: Graded) -> None:
    folder = write({"soft_lookup.py": LOOKUP.replace("from softmax", "from .softmax")})
    assert "without a dot" in graded(folder / "soft_lookup.py")[1]["problem"]["message"]


def test_the_api_takes_the_same_files(grader: Grader) -> None:
    files = {"soft_lookup.py": LOOKUP, "softmax.py": right("softmax")}
    assert grader.grade(Submission("soft_lookup", files)).passed
    alone: Report = grader.grade(Submission("soft_lookup", LOOKUP))
    assert alone.problem is not None
    assert "No module named 'softmax'" in alone.problem.message


@pytest.mark.parametrize("name", ["a" * 300, "ä" * 200])
def test_a_module_whose_name_is_too_long_is_not_there(
    name: str, write: Callable[..., Path], graded: Graded
) -> None:
    folder = write({"soft_lookup.py": f"import {name}\n{LOOKUP}"})
    status, report = graded(folder / "soft_lookup.py")
    assert status == 1
    assert "What can be imported here" in report["problem"]["message"]


def test_what_is_too_large_together_is_told(write: Callable[..., Path], graded: Graded) -> None:
    folder = write({"soft_lookup.py": LOOKUP}, "#" * 300_000)
    assert "larger than 256 KB" in graded(folder / "soft_lookup.py")[1]["problem"]["message"]


# --- links


def test_a_link_within_the_folder_is_graded(write: Callable[..., Path], graded: Graded) -> None:
    folder = write({"soft_lookup.py": LOOKUP})
    (folder / "tries").mkdir()
    (folder / "softmax.py").rename(folder / "tries" / "third.py")
    (folder / "softmax.py").symlink_to("tries/third.py")
    assert graded(folder / "softmax.py")[0] == 0
    assert graded(folder / "soft_lookup.py")[0] == 0


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "another student"
    folder.mkdir()
    (folder / "softmax.py").write_text(SECRET + right("softmax"))
    return folder


@pytest.mark.parametrize(
    "target",
    ["another/softmax.py", "/etc/passwd", "solution", "through a folder", "itself", "nothing"],
)
@pytest.mark.parametrize("linked", ["the file itself", "an imported file"])
def test_a_link_that_leads_out_is_not_read(
    target: str, linked: str, write: Callable[..., Path], elsewhere: Path, tmp_path: Path, run: Run
) -> None:
    targets = {
        "another/softmax.py": elsewhere / "softmax.py",
        "solution": solution_path(load_catalog().exercise("softmax")),
        "through a folder": Path("inside", "softmax.py"),
        "itself": Path("softmax.py"),
    }
    folder = write({"soft_lookup.py": LOOKUP})
    (folder / "inside").symlink_to(elsewhere)
    (folder / "softmax.py").unlink()
    (folder / "softmax.py").symlink_to(targets.get(target, Path(target)))
    named = folder / ("softmax.py" if linked == "the file itself" else "soft_lookup.py")
    done = run(named, "--format", "json")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert str(folder / "softmax.py") in done.stderr
    assert "the_secret" not in done.stderr and "root:" not in done.stderr


def test_a_whole_workspace_may_be_named(tmp_path: Path, write: Callable[..., Path]) -> None:
    folder = write({})
    (tmp_path / "tries").mkdir()
    (folder / "softmax.py").rename(tmp_path / "tries" / "softmax.py")
    (folder / "softmax.py").symlink_to("../tries/softmax.py")
    link = folder / "softmax.py"
    assert Submission.from_file(link, within=tmp_path).source == right("softmax").encode()
    with pytest.raises(SubmissionError, match="Only links that stay within"):
        Submission.from_file(link)


def test_no_link_leads_to_the_hidden_suites(write: Callable[..., Path]) -> None:
    """Whatever may be read besides; by its own name it may be graded."""
    solution = solution_path(load_catalog().exercise("softmax"))
    folder = write({})
    (folder / "softmax.py").unlink()
    (folder / "softmax.py").symlink_to(solution)
    with pytest.raises(SubmissionError, match="hidden suites"):
        Submission.from_file(folder / "softmax.py", within=Path("/"))
    assert Submission.from_file(solution, "softmax").source == solution.read_bytes()
