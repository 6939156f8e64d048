"""The final exam as a learner takes it: left, gone on with, handed in once; and its certificate."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from right_answers import right_answer

from exercises.catalog import load_catalog
from grader.certificates.facts import read_facts
from quizzes.bank import load_bank
from quizzes.questions.question import DONT_KNOW
from quizzes.questions.selection import for_exam, pass_mark
from quizzes.questions.sitting import EXAM, EXAM_EXERCISES
from tui.progress.database import timestamp
from tui.progress.progress import Progress
from tui.progress.schema import MIGRATIONS
from tui.study.exam import exam_exercises, exam_questions

SEED = 11
CATALOG = load_catalog()
QUESTIONS = exam_questions(CATALOG, SEED)
EXERCISES = exam_exercises(CATALOG, SEED)
BAR, EXERCISE_BAR = pass_mark(EXAM), pass_mark(EXAM_EXERCISES)

Learn = Callable[..., Any]


def answers(wrong: int = 0) -> list[str]:
    """To all questions, the first so many of them wrong."""
    right = [right_answer(question.draw(SEED)) for question in QUESTIONS]
    return [DONT_KNOW] * wrong + right[wrong:]


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def rows(workspace: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(workspace / ".learn" / "progress.db")) as db:
        return db.execute(query).fetchall()


def write(workspace: Path, count: int = EXAM_EXERCISES) -> None:
    """Solve so many of the exercises."""
    (folder,) = (workspace / "exam").iterdir()
    for exercise in EXERCISES[:count]:
        solution = (exercise.suite / "solution.py").read_bytes()
        (folder / f"{exercise.id}.py").write_bytes(solution)


def sit(learn: Learn, wrong: int = 0) -> Any:
    return learn("exam", "--seed", str(SEED), typed="\n".join(answers(wrong)))


# what is drawn


@pytest.mark.parametrize("seed", [0, 1, 7, 2**31 - 1])
def test_an_exam_is_of_the_whole_course_by_its_topics(seed: int) -> None:
    questions = exam_questions(CATALOG, seed)
    assert len({question.id for question in questions}) == EXAM
    asked = Counter(CATALOG.topics[question.topic][0].id for question in questions)
    topics = len(CATALOG.topics)
    for chapter in CATALOG.chapters:
        assert abs(asked[chapter.id] - EXAM * len(chapter.topics) / topics) < 1
    per_topic = Counter(question.topic for question in questions)
    assert max(per_topic.values()) == 1, "there are more topics than questions"
    exercises = exam_exercises(CATALOG, seed)
    assert len({exercise.chapter for exercise in exercises}) == EXAM_EXERCISES
    assert questions == exam_questions(CATALOG, seed)
    assert exercises == exam_exercises(CATALOG, seed)


def test_another_seed_draws_others() -> None:
    drawn = [{question.id for question in exam_questions(CATALOG, seed)} for seed in range(4)]
    assert all(len(one & other) < EXAM for one in drawn for other in drawn if one is not other)
    assert len({exam_exercises(CATALOG, seed) for seed in range(4)}) > 1


def test_a_course_with_few_questions_has_a_short_exam() -> None:
    chapters = [part.questions for part in load_bank().chapters[:2]]
    few = for_exam([chapters[0][:3], chapters[1]], 20, 1)
    assert sum(question in chapters[0] for question in few) <= 3


# taking it


def test_an_exam_is_left_and_gone_on_with(learn: Learn, workspace: Path) -> None:
    typed = answers()
    first = learn("exam", "--seed", str(SEED), "--json", typed="\n".join(typed[:7]))
    assert first.returncode == 0
    told = events(first.stdout)
    assert told[0]["event"] == "exam" and told[0]["seed"] == SEED
    assert {event["event"] for event in told[1:]} == {"question"}, "nothing is told of an answer"
    second = learn("exam", "--json", typed="\n".join(typed[7:30]))
    asked = [event["number"] for event in events(second.stdout) if event["event"] == "question"]
    assert asked == list(range(8, 32))
    plain = learn("exam", typed="\n".join(typed[30:]))
    assert "Question 31 of 60" in plain.stdout
    assert not re.search(r"^(> )?(Right|Not right)\.$", plain.stdout, re.MULTILINE)
    assert "All questions are answered" in plain.stdout
    for exercise in EXERCISES:
        (file,) = (workspace / "exam").glob(f"*/{exercise.id}.py")
        assert file.read_bytes() == exercise.stub.read_bytes()
        assert file.name in plain.stdout
    kept = rows(workspace, "SELECT question, is_right FROM answers WHERE context = 'exam'")
    assert kept == [(question.id, 1) for question in QUESTIONS]


def test_what_was_written_stays(learn: Learn, workspace: Path) -> None:
    sit(learn)
    write(workspace, 2)
    before = {file: file.read_bytes() for file in (workspace / "exam").rglob("*.py")}
    said = learn("exam").stdout
    assert said.count("(written)") == 2 and said.count("(a stub)") == 3
    assert {file: file.read_bytes() for file in (workspace / "exam").rglob("*.py")} == before


def test_nothing_is_handed_in_before_all_is_answered(learn: Learn, workspace: Path) -> None:
    learn("exam", "--seed", str(SEED), typed=answers()[0])
    done = learn("exam", "--hand-in")
    assert (done.returncode, done.stdout) == (2, "")
    assert "59 questions wait" in done.stderr
    assert rows(workspace, "SELECT finished FROM exams") == [("",)]


def test_nothing_is_known_of_an_answer_before_the_exam_is_handed_in(
    warm_learn: Learn, workspace: Path
) -> None:
    chapter = str(CATALOG.topics[QUESTIONS[0].topic][0].number)

    def told() -> tuple[list[str], list[dict[str, Any]]]:
        """The mistakes that are listed, and what a quiz asks first."""
        listed = json.loads(warm_learn("mistakes", "--list", "--json").stdout)["mistakes"]
        asked = warm_learn("quiz", chapter, "--seed", "5", "--json")
        return sorted(mistake["name"] for mistake in listed), events(asked.stdout)

    before = told()
    sit(warm_learn, wrong=3)
    assert told() == before == ([], before[1])
    write(workspace)
    warm_learn("exam", "--hand-in", "--json")
    listed, asked = told()
    assert listed == sorted(question.id for question in QUESTIONS[:3])
    assert asked != before[1], "what was wrong is asked first"


def test_an_exam_that_was_given_up_tells_nothing(learn: Learn, workspace: Path) -> None:
    learn("exam", "--seed", str(SEED), typed=DONT_KNOW)
    learn("exam", "--new", "--seed", str(SEED))
    assert json.loads(learn("mistakes", "--list", "--json").stdout) == {"mistakes": []}


def test_another_seed_does_not_end_an_exam(learn: Learn, workspace: Path) -> None:
    learn("exam", "--seed", "1")
    done = learn("exam", "--seed", "2")
    assert done.returncode == 2
    assert "--new --seed 2" in done.stderr
    assert "seed 2" in learn("exam", "--new", "--seed", "2").stdout


def test_an_exam_of_another_course_is_not_gone_on_with(learn: Learn, workspace: Path) -> None:
    learn("exam", "--seed", "1")
    with closing(sqlite3.connect(workspace / ".learn" / "progress.db")) as db, db:
        db.execute("UPDATE exams SET questions = '[]'")
    done = learn("exam")
    assert done.returncode == 2
    assert "The course has changed" in done.stderr


def test_stubs_are_handed_in_only_after_a_question(warm_learn: Learn, workspace: Path) -> None:
    sit(warm_learn)
    done = warm_learn("exam", "--hand-in", typed="n\n")
    assert done.returncode == 130
    assert all(exercise.id in done.stdout for exercise in EXERCISES)
    assert rows(workspace, "SELECT finished FROM exams") == [("",)]


@pytest.mark.parametrize(
    ("wrong", "solved", "passed"),
    [
        (EXAM - BAR, EXERCISE_BAR, True),
        (EXAM - BAR + 1, EXAM_EXERCISES, False),
        (0, EXERCISE_BAR - 1, False),
    ],
)
def test_both_halves_of_the_bar_decide(
    warm_learn: Learn, workspace: Path, wrong: int, solved: int, passed: bool
) -> None:
    sit(warm_learn, wrong)
    write(workspace, solved)
    done = warm_learn("exam", "--hand-in", "--json")
    assert done.returncode == (0 if passed else 1), done.stderr
    (result,) = events(done.stdout)
    assert (result["passed"], result["correct"]) == (passed, EXAM - wrong)
    assert list(result["exercises"].values()) == [True] * solved + [False] * (5 - solved)
    right = sum(score["correct"] for score in result["chapters"].values())
    assert (right, sum(score["of"] for score in result["chapters"].values())) == (60 - wrong, 60)
    assert result["revisit"] == list(dict.fromkeys(q.topic for q in QUESTIONS[:wrong]))
    again = warm_learn("exam", "--hand-in")
    assert (again.returncode, "was handed in" in again.stderr) == (2, True)
    told = warm_learn("exam")
    assert told.returncode == done.returncode
    assert ("Passed." in told.stdout) is passed
    assert rows(workspace, "SELECT * FROM attempts") == [], "the course goes on where it was"
    assert warm_learn("certificate", "--name", "Ada").returncode == (0 if passed else 2)


# its certificate


@pytest.fixture
def passed(learn: Learn, workspace: Path) -> Path:
    """An exam was passed, as the progress file tells it."""
    with (
        Progress(workspace / ".learn" / "progress.db") as progress,
        progress.database.change() as db,
    ):
        at = timestamp(datetime(2026, 11, 28, 12, tzinfo=UTC))
        db.execute(
            "INSERT INTO exams VALUES (?, 11, ?, ?, ?, 55, 1, '0.1.0', 'abcdef0123456789')",
            (at, json.dumps(["q"] * 60), json.dumps(["a", "b"]), at),
        )
        db.execute("INSERT INTO exam_exercises VALUES (?, 'a', 'passed', ?, 'x', '{}')", (at, at))
        db.execute("INSERT INTO exam_exercises VALUES (?, 'b', 'failed', ?, 'x', '{}')", (at, at))
    return workspace


def test_a_certificate_says_what_was_recorded(learn: Learn, passed: Path, folder: Path) -> None:
    done = learn("certificate", "--svg", "c.svg", "--pdf", "c.pdf", "--name", "Ada Łovelace")
    assert (done.returncode, done.stderr) == (0, "")
    for file in (folder / "c.svg", folder / "c.pdf"):
        facts = read_facts(file.read_bytes())
        assert (facts.name, facts.passed_on, facts.seed) == ("Ada Łovelace", "2026-11-28", 11)
        assert (facts.correct, facts.asked) == (55, 60)
        assert (facts.exercises_passed, facts.exercises) == (1, 2)
        assert (facts.course_passed, facts.course_exercises) == (0, len(CATALOG.exercises))
        assert (facts.course_version, facts.suite_version) == ("0.1.0", "abcdef0123456789")
    shown = (folder / "c.svg").read_text()
    for text in ("Ada Łovelace", "28 November 2026", "55 of 60", "1 of 2", "Not signed"):
        assert text in shown
    assert (folder / "c.pdf").read_bytes().startswith(b"%PDF")


def test_the_name_is_asked_for(learn: Learn, passed: Path, folder: Path) -> None:
    assert learn("certificate", typed="王小明\n").returncode == 0
    assert read_facts((folder / "certificate.svg").read_bytes()).name == "王小明"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--name", ""], "no name"),
        (["--name", "A" * 81], "at most"),
        (["--name", "a\x1b[31m"], "cannot be printed"),
        (["--name", "A", "--svg", "c.pdf"], "must end with .svg"),
        (["--name", "A", "--pdf", "there.pdf"], "is there already"),
        (["--name", "王", "--pdf", "c.pdf"], "The SVG can hold it"),
    ],
)
def test_a_certificate_that_cannot_be_is_refused_in_words(
    learn: Learn, passed: Path, folder: Path, words: list[str], says: str
) -> None:
    (folder / "there.pdf").write_text("signed, perhaps")
    done = learn("certificate", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert (folder / "there.pdf").read_text() == "signed, perhaps"
    assert not list(folder.glob("c.*"))


def test_no_certificate_without_an_exam(learn: Learn, workspace: Path) -> None:
    done = learn("certificate", "--name", "Ada")
    assert (done.returncode, "learn exam" in done.stderr) == (2, True)


# what is kept


def test_an_older_progress_file_keeps_its_answers(tmp_path: Path) -> None:
    """The table of answers is made anew, since it did not know exams."""
    file, at = tmp_path / "progress.db", "2025-01-01T00:00:00.000+00:00"
    with closing(sqlite3.connect(file)) as db, db:
        for statements in MIGRATIONS[:6]:
            for statement in statements:
                db.execute(statement)
        db.execute("PRAGMA user_version = 6")
        db.execute("INSERT INTO answers VALUES (7, 'q', 3, 'a', 1, 'testout', ?)", (at,))
    with Progress(file) as progress:
        (answer,) = progress.answers.all()
        assert (answer.question, answer.seed, answer.context) == ("q", 3, "testout")
        assert progress.exams.latest() is None


def test_an_exam_moves_to_another_machine(learn: Learn, workspace: Path, folder: Path) -> None:
    learn("exam", "--seed", str(SEED), typed="\n".join(answers()[:9]))
    learn("export", "all.db")
    learn("init", "other")
    there = {"LEARN_WORKSPACE": str(folder / "other")}
    learn("import", "all.db", **there)
    assert "Question 10 of 60" in learn("exam", **there).stdout
