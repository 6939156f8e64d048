"""`learn` and the app follow a teacher's own course."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import LEARN, clean_environment
from driving import Pilot, make_small, opened, press, text

from exercises.catalog import catalog_in
from grader.misconceptions import load_misconceptions
from tui.warm_grader.client import stop

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "linear_regression"
CHAPTER = "ch01_lines"
FIRST = "mean_squared_error"
SUITE = Path("suites", CHAPTER, FIRST)

Learn = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The example where a teacher has put it."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(EXAMPLE, tmp_path / "a course", ignore=ignored))


@pytest.fixture
def answer(learn: Learn, folder: Path, course: Path) -> Path:
    """The learner's file of the first exercise, in a workspace of this course."""
    assert learn("init", "--course", str(course)).returncode == 0
    return folder / "workspace" / CHAPTER / f"{FIRST}.py"


def next_step(learn: Learn) -> dict[str, Any]:
    return json.loads(learn("next", "--json").stdout)  # type: ignore[no-any-return]


def test_a_learner_goes_through_it(
    learn: Learn, warm_learn: Learn, course: Path, answer: Path
) -> None:
    assert [file.name for file in sorted(answer.parent.iterdir())] == [
        "error_gradient.py",
        "least_squares.py",
        f"{FIRST}.py",
    ]
    assert next_step(learn)["id"] == "squared-error"
    assert "How badly a line fits" in learn("read", "squared-error").stdout
    assert learn("read", "squared-error", "--done").returncode == 0
    assert next_step(learn)["id"] == FIRST
    assert "hint 1 of 3" in learn("hint").stdout
    solution = (course / SUITE / "solution.py").read_text("utf-8")
    mistake = load_misconceptions(course / SUITE / "misconceptions.yaml")[0]
    answer.write_text(mistake.apply(solution), "utf-8")
    wrong = warm_learn("check")
    assert wrong.returncode == 1
    assert mistake.says in " ".join(wrong.stdout.split())
    named = re.search("The lesson on this: `learn (.+)`, “(.+)”", wrong.stdout)
    assert named
    command, title = named.groups()
    assert title in learn(*command.split()).stdout
    answer.write_text(solution, "utf-8")
    right = warm_learn("submit")
    assert (right.returncode, "error_gradient" in right.stdout) == (0, True)
    assert "1 of 3 exercises passed" in learn("status").stdout
    assert solution.splitlines()[-1] in learn("solution", FIRST).stdout


def test_what_else_is_asked_is_its_own(learn: Learn, answer: Path) -> None:
    assert "best line" in learn("search", "least squares").stdout.lower()
    assert learn("search", "softmax").returncode == 1
    assert learn("glossary").stdout == learn("timeline").stdout == learn("resources").stdout == ""
    assert "There is no exercise 'softmax'" in learn("check", "softmax").stderr
    asked = learn("quiz", CHAPTER, "--seed", "1", typed="\n" * 20).stdout
    assert "squared" in asked or "intercept" in asked
    assert "tells of our course" in learn("certificate").stderr


def test_without_a_workspace_ours_is_meant(learn: Learn) -> None:
    assert "Query" in learn("glossary").stdout


def test_a_course_that_has_moved_is_asked_for(learn: Learn, course: Path, answer: Path) -> None:
    assert learn("read", "squared-error", "--done").returncode == 0
    elsewhere = course.rename(course.with_name("elsewhere"))
    for command in (["next"], ["check"], ["glossary"], ["init"]):
        done = learn(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"gone from {course}." in done.stderr
        assert "`learn init --course DIR`" in done.stderr
    assert learn("init", "--course", str(elsewhere)).returncode == 0
    assert next_step(learn)["id"] == FIRST


def test_a_course_that_is_broken_is_said_with_file_and_line(
    learn: Learn, course: Path, answer: Path
) -> None:
    file = course / "exercises" / CHAPTER / "chapter.yaml"
    file.write_text(file.read_text("utf-8").replace("difficulty: 1", "difficulty: 9"), "utf-8")
    for command in (["next"], ["status"], ["check"]):
        done = learn(*command)
        assert (done.returncode, done.stdout) == (3, "")
        assert f"{file}:16: exercises[0].difficulty must be from 1 to 5" in done.stderr


@pytest.mark.parametrize(
    ("file", "command"),
    [
        (f"exercises/{CHAPTER}/lesson.md", ["read"]),
        (f"exercises/{CHAPTER}/lesson.md", ["search", "line"]),
        (f"quizzes/{CHAPTER}/quiz.yaml", ["next"]),
        ("quizzes/cheatsheet.md", ["sheet"]),
    ],
)
def test_a_file_of_it_that_is_no_text_is_said(
    learn: Learn, course: Path, answer: Path, file: str, command: list[str]
) -> None:
    (course / file).write_bytes(bytes(range(256)))
    done = learn(*command)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{file}: is no text in UTF-8, from byte 128 on" in done.stderr


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_folder_without_a_course_makes_no_workspace(
    learn: Learn, folder: Path, place: str
) -> None:
    done = learn("init", "--course", place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no course in" in done.stderr
    assert list(folder.iterdir()) == []


def test_no_workspace_lies_among_its_stubs(learn: Learn, course: Path) -> None:
    done = learn("init", str(course / "exercises" / "mine"), "--course", str(course))
    assert done.returncode == 2
    assert "belongs to the course" in done.stderr


@pytest.fixture
def staying(folder: Path, answer: Path) -> Iterator[Learn]:
    """`learn` whose grader stays behind, until the test ends."""

    def run(*words: str) -> Any:
        environment = clean_environment(CI="")
        return subprocess.run(
            [LEARN, *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    yield run
    stop(folder / "workspace" / ".learn")


@pytest.mark.slow
def test_the_warm_grader_sees_that_the_suite_has_changed(
    staying: Learn, course: Path, answer: Path
) -> None:
    shutil.copy(course / SUITE / "solution.py", answer)
    assert staying("check").returncode == 0
    test = course / SUITE / f"test_{FIRST}.py"
    stricter = (
        "\n\ndef test_more(submission, expect):\n    '''More.'''\n    expect(1.0).equals(2.0)\n"
    )
    test.write_text(test.read_text("utf-8") + stricter, "utf-8")
    changed = staying("check")
    assert changed.returncode == 1
    assert "More." in changed.stdout


def test_the_app_shows_and_grades_it(tmp_path: Path, course: Path) -> None:
    small = make_small(tmp_path / "app", catalog_in(course))

    async def script(pilot: Pilot) -> None:
        await opened(pilot, FIRST)
        assert "Mean squared error" in text(pilot)
        await press(pilot, "r")
        assert [submission.course for submission in small.grader.graded] == [course]

    small.drive(script)
