"""A teacher's own course: the worked example, new exercises, and what is wrong in a course."""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import catalog_in
from grader import Submission
from grader.errors import SubmissionError
from grader.formats import FORMATS
from grader.misconceptions import load_misconceptions
from quizzes.bank import load_bank

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
CHAPTER = "ch01_lines"
IDS = ("mean_squared_error", "error_gradient", "least_squares")
# Of no misconception; the numbers tell.
DOUBLED = "def mean_squared_error(x, y, slope, intercept):\n    e = slope * x + intercept - y\n"
DOUBLED += "    return 3 * (e * e).mean()\n"

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(warm: Callable[..., list[str]], tmp_path: Path) -> Run:
    """`run("audit", …)`: a `grader` process in a folder of its own, with a cache of its own."""

    def start(*words: object, **environment: str) -> Any:
        return subprocess.run(
            warm("grader.cli", *words),
            cwd=tmp_path,
            env={"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": "", **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return start


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The example, to be bent."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "my course", ignore=ignored))


def suite(id: str, course: Path = EXAMPLE) -> Path:
    return course / "suites" / CHAPTER / id


def report(run: Run, file: Path, course: Path = EXAMPLE) -> dict[str, Any]:
    done = run("run", file, "--course", course, "--format", "json", "--seed", 1)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_example_passes_its_audit(run: Run) -> None:
    done = run("audit", "--course", EXAMPLE, "--format", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["problems"]) == (0, [])
    assert found["exercises"] == found["solutions_passed"] == len(IDS)
    assert found["named"] == found["misconceptions"] >= 4 * len(IDS)


@pytest.mark.parametrize("id", IDS)
def test_a_right_answer_passes_and_a_known_mistake_is_named(
    run: Run, tmp_path: Path, id: str
) -> None:
    file, solution = tmp_path / f"{id}.py", (suite(id) / "solution.py").read_text("utf-8")
    file.write_text(solution, "utf-8")
    assert report(run, file)["outcome"] == "passed"
    mistake = load_misconceptions(suite(id) / "misconceptions.yaml")[0]
    file.write_text(mistake.apply(solution), "utf-8")
    named = report(run, file)["diagnosis"]
    assert (named["id"], named["says"], named["chapter"]) == (mistake.id, mistake.says, 1)


def test_what_has_no_name_is_told_by_the_numbers(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mean_squared_error.py"
    file.write_text(DOUBLED)
    found = report(run, file)
    assert found["diagnosis"] is None
    assert "3" in found["symptom"]["says"]


def test_all_formats_tell_of_a_folder(run: Run, tmp_path: Path) -> None:
    answers = tmp_path / "student" / CHAPTER
    answers.mkdir(parents=True)
    shutil.copy(suite("error_gradient") / "solution.py", answers / "error_gradient.py")
    (answers / "mean_squared_error.py").write_text(DOUBLED)
    also = [word for name in FORMATS for word in ("--also", name, tmp_path / f"as-{name}")]
    # As the runner of Classroom 50 says it.
    job = dict.fromkeys(("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG"), "lines")
    job |= dict.fromkeys(("COMMIT_URL", "RELEASE_URL", "REVIEW_URL"), "https://example.org")
    done = run("run", tmp_path / "student", "--course", EXAMPLE, *also, **job)
    assert done.returncode == 1, done.stderr
    for name in FORMATS:
        assert "mean_squared_error" in (tmp_path / f"as-{name}").read_text("utf-8"), name


def test_in_place_of_ours_and_beside_it(run: Run, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "softmax.py").write_text("def softmax(x, dim=-1):\n    return x\n")
    alone = run("run", "softmax.py", "--course", copy)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "There is no exercise 'softmax'" in alone.stderr
    # What lies beside ours has numbers of its own.
    for part in ("exercises", "suites", "quizzes"):
        (copy / part / CHAPTER).rename(copy / part / "ch11_lines")
    beside = tmp_path / "beside"
    copy.rename(beside)
    (beside / "course.yaml").write_text("beside_ours: true\n")
    assert run("run", "softmax.py", "--course", beside).returncode == 1
    catalog = catalog_in(beside)
    assert [exercise.id for exercise in catalog.exercises][-3:] == list(IDS)
    assert [exercise.id for exercise in catalog.own_exercises] == list(IDS)
    bank = load_bank(catalog)
    assert len(bank.chapter("ch11_lines").questions) == 2
    assert bank.glossary == load_bank().glossary
    audited = json.loads(run("audit", "--course", beside, "--format", "json").stdout)
    assert (audited["exercises"], audited["problems"]) == (3, [])


def test_no_link_leads_into_its_suites(tmp_path: Path) -> None:
    link = tmp_path / "least_squares.py"
    link.symlink_to(suite("least_squares") / "solution.py")
    with pytest.raises(SubmissionError, match="none to the hidden suites"):
        Submission.from_file(link, within=Path("/"), course=EXAMPLE)


@pytest.mark.slow
def test_a_new_exercise_passes_its_first_audit(run: Run, tmp_path: Path) -> None:
    course = tmp_path / "new course"
    for words in (["mean_distance"], ["second"], ["third", "--chapter", "ch02_more"]):
        # Not by the warm examiner: it knows the course as it was before.
        command = [sys.executable, "-P", "-m", "grader.cli", "new", *words, "--course", course]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "The audit passes." in done.stdout
        written = [line for line in done.stdout.splitlines() if line.startswith("wrote  ")]
        assert written and all(Path(line.removeprefix("wrote  ")).is_file() for line in written)
    assert shlex.split(done.stdout.split("`")[1])[-1] == str(course)  # it can be pasted
    found = json.loads(run("audit", "--course", course, "--format", "json").stdout)
    assert (found["exercises"], found["problems"]) == (3, [])
    assert [chapter.id for chapter in catalog_in(course).chapters] == [
        "ch01_exercises",
        "ch02_more",
    ]


def test_what_an_author_has_written_stays_as_it_is(run: Run, copy: Path) -> None:
    file = copy / "exercises" / CHAPTER / "chapter.yaml"
    before = "# Mine.\n" + file.read_text("utf-8")
    file.write_text(before, "utf-8")
    lesson = (file.parent / "lesson.md").read_text("utf-8")
    assert run("new", "residuals", "--course", copy).returncode == 0
    after = file.read_text("utf-8").splitlines()
    assert [line for line in before.splitlines() if line not in after] == []
    assert after[0] == "# Mine."
    assert (file.parent / "lesson.md").read_text("utf-8").startswith(lesson.rstrip())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["Slope"], "must be lower-case letters"),
        (["lambda"], "no keyword of Python"),
        (["least_squares"], "There is an exercise least_squares already."),
        (["squared_error"], "There is a topic squared-error already."),
        (["more", "--chapter", "lines"], "must be named like `ch01_lines`."),
        (["more", "--chapter", "ch01_other"], "has the number of ch01_lines"),
        (["leftover"], "suites/ch01_lines/leftover/solution.py is there already."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_added_changes_nothing(
    run: Run, copy: Path, words: list[str], says: str
) -> None:
    suite("leftover", copy).mkdir()
    (suite("leftover", copy) / "solution.py").write_text("mine")
    before = tree(copy)
    done = run("new", *words, "--course", copy)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert tree(copy) == before


def tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts
    }


def test_a_list_that_cannot_be_added_to_is_said(run: Run, copy: Path) -> None:
    file = copy / "exercises" / CHAPTER / "chapter.yaml"
    text = file.read_text("utf-8")
    at, end = text.index("topics:"), text.index("exercises:")
    flow = "topics: [{id: squared-error, title: A}, {id: gradient-of-the-error, title: B}, "
    file.write_text(f"{text[:at]}{flow}{{id: best-line, title: C}}]\n{text[end:]}", "utf-8")
    done = run("new", "more", "--course", copy)
    assert done.returncode == 2
    assert "chapter.yaml: write `topics:` on a line of its own" in done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("course.yaml", "", "beside: true\n", "course.yaml:1: beside_ours is missing"),
        ("course.yaml", "", "beside_ours: maybe\n", "course.yaml:1: beside_ours must be true or"),
        (
            "course.yaml",
            "",
            "beside_ours: true\n",
            "chapter.yaml: its folder has the number of ch01",
        ),
        ("course.yaml", "", "[\n", "course.yaml:2: is not valid YAML"),
        (
            "exercises/ch01_lines/chapter.yaml",
            "difficulty: 1",
            "difficulty: easy",
            "chapter.yaml:16: exercises[0].difficulty must be a number",
        ),
        (
            "exercises/ch01_lines/chapter.yaml",
            "needs: [error_gradient]",
            "needs: [gradient]",
            "chapter.yaml:45: exercises[2].needs[0] 'gradient' is no exercise that comes before",
        ),
    ],
    ids=["key", "value", "number", "syntax", "difficulty", "needs"],
)
def test_a_mistake_in_a_course_is_said_with_file_and_line(
    run: Run, copy: Path, file: str, old: str, new: str, says: str
) -> None:
    place = copy / file
    text = place.read_text("utf-8") if old else ""
    place.write_text(text.replace(old, new) if old else new, "utf-8")
    for command in (["audit"], ["run", "least_squares.py"], ["new", "more"]):
        done = run(*command, "--course", copy)
        assert (done.returncode, done.stdout) == (3, "")
        assert says in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("misconceptions.yaml", "- {id: a, says: B.}", "misconceptions.yaml:1: [0].see is missing"),
        ("misconceptions.yaml", "- id: a\n  says: B.\n  see: c\n  edit: d", ":4: [0].edit must be"),
        ("solution.py", None, "There is no file "),
        ("test_least_squares.py", "def test_a(:\n", "test_least_squares.py"),
    ],
    ids=["key", "edit", "solution", "suite"],
)
def test_a_mistake_in_a_suite_is_a_problem_of_the_audit(
    run: Run, copy: Path, file: str, text: str | None, says: str
) -> None:
    place = suite("least_squares", copy) / file
    place.unlink() if text is None else place.write_text(text)
    done = run("audit", "least_squares", "--course", copy)
    assert done.returncode == 1, done.stderr
    assert says in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("is_there", [True, False], ids=["empty", "missing"])
def test_where_there_is_no_course_one_can_be_begun(
    run: Run, tmp_path: Path, is_there: bool
) -> None:
    if is_there:
        (tmp_path / "nothing").mkdir()
    done = run("audit", "--course", "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no course in {tmp_path}/nothing: it " in done.stderr
    assert f"`grader new ID --course {tmp_path}/nothing` begins one." in done.stderr
