"""`learn plan`, `export`, `import` and `reset --all`, as a learner runs them."""

import json
import os
import pty
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exercises.catalog import load_catalog
from quizzes.bank import load_bank
from quizzes.cards.scheduling import Review, Schedule
from quizzes.ids import summaries
from quizzes.questions.selection import pass_mark
from tui.planning import tasks
from tui.planning.snapshot import Facts, snapshot
from tui.progress.answers import Answer, TestOut
from tui.progress.progress import Attempt, Progress
from tui.progress.records import Answered, Standing
from tui.study.quiz_round import quiz_round

NOW = datetime.now(UTC)
CHAPTER = "ch01_attention"


@pytest.fixture
def database(workspace: Path) -> Path:
    return workspace / ".learn" / "progress.db"


def next_step(learn: Any) -> Any:
    return json.loads(learn("next", "--json").stdout)


def due_card(progress: Progress, id: str) -> None:
    before = NOW - timedelta(days=3)
    schedule = Schedule("review", None, 3.0, 5.0, NOW - timedelta(days=1), before)
    progress.reviews.record(Review(id, 3, before, 900, None), schedule)


# what is known without loading what is slow


def test_the_summary_agrees_with_the_files() -> None:
    bank = load_bank()
    for id, summary in summaries(load_catalog()).items():
        part = bank.chapter(id)
        assert summary.questions == {question.id: question.topic for question in part.questions}
        assert summary.cards == {card.id: card.topic for card in part.cards}


def test_the_planner_and_the_quiz_mean_the_same(progress: Progress) -> None:
    catalog, bank = load_catalog(), load_bank()
    chapter, asks = catalog.chapter(CHAPTER), summaries(catalog)
    asked = quiz_round(chapter, bank, progress, seed=0).questions
    read = Standing(read=frozenset({CHAPTER}))
    known = snapshot(catalog, asks, Facts(NOW, read))
    assert tasks.questions(known, chapter, "not asked").count == len(asked)
    for right in (pass_mark(len(asked)), pass_mark(len(asked)) - 1):
        answers = {
            one.question.id: Answered(place < right, NOW.date()) for place, one in enumerate(asked)
        }
        failed = snapshot(catalog, asks, Facts(NOW, read, answers=answers)).quizzes[CHAPTER].failed
        assert failed == (right < pass_mark(len(asked)))


# the next step


def test_due_cards_come_first(learn: Any, database: Path) -> None:
    with Progress(database) as progress:
        due_card(progress, load_bank().cards[0].id)
        due_card(progress, "a-card-that-has-left-the-course")
    step = next_step(learn)
    assert (step["kind"], step["command"]) == ("review", "learn review")
    assert step["title"] == "Flashcards: 1 due"


def test_a_failed_quiz_comes_back_two_days_later(learn: Any, database: Path) -> None:
    asked = load_bank().chapter(CHAPTER).questions[:8]

    def fail(days_ago: int) -> None:
        with Progress(database) as progress:
            progress.mark_read(CHAPTER, NOW - timedelta(days=5))
            for question in asked:
                at = NOW - timedelta(days=days_ago)
                progress.answers.record(Answer(question.id, 0, "", False, "quiz", at))

    fail(days_ago=4)
    learn("settings", "new_cards", "0")
    step = next_step(learn)
    assert (step["kind"], step["command"]) == ("quiz", "learn quiz ch01")
    assert "wrongly" in step["reason"]
    fail(days_ago=0)
    assert next_step(learn)["kind"] == "exercise"


def test_testing_out_unlocks_what_follows(learn: Any, database: Path) -> None:
    with Progress(database) as progress:
        progress.answers.record_testout(TestOut(CHAPTER, 9, 10, True, NOW))
    learn("settings", "new_cards", "0")
    assert next_step(learn)["id"] == load_catalog().chapters[1].topics[0].id
    chapters = json.loads(learn("status", "--json").stdout)["chapters"]
    assert [chapter["tested_out"] for chapter in chapters][:2] == [True, False]
    assert chapters[1]["exercises"][0]["state"] == "current"
    assert "tested out" in learn("status").stdout


# the plan


def test_the_plan_shows_a_week_and_the_course(learn: Any, workspace: Path) -> None:
    done = learn("plan")
    assert (done.returncode, done.stderr) == (0, "")
    assert "This week, 75 minutes every day" in done.stdout
    assert f"  today       read {load_catalog().chapters[0].topics[0].id}" in done.stdout
    assert "At this pace the course is done on" in done.stdout
    for chapter in load_catalog().chapters:
        assert chapter.title in done.stdout
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    spans = [line.index(" – ") for line in lines if " – " in line]
    assert max(spans) - min(spans) <= 1, "the dates stand in columns"  # 5 Dec or 15 Dec
    assert "Chapters overlap" in done.stdout
    for first in load_catalog().exercises[:2]:
        assert " ".join(done.stdout.split()).count(first.named) == 1


def test_the_plan_as_json(learn: Any, workspace: Path) -> None:
    learn("settings", "minutes", "30")
    learn("settings", "days", "weekends")
    plan = json.loads(learn("plan", "--json").stdout)
    assert (plan["minutes_a_day"], plan["days"], plan["began"]) == (30, "weekends", None)
    assert len(plan["week"]) == 7
    for day in plan["week"]:
        assert bool(day["tasks"]) == (date.fromisoformat(day["date"]).weekday() > 4)
        assert day["minutes"] <= 30
    assert plan["chapters"][0]["id"] == CHAPTER


def test_a_plan_for_so_many_weeks(learn: Any, workspace: Path) -> None:
    plan = json.loads(learn("plan", "--weeks", "4", "--json").stdout)
    ends, today = date.fromisoformat(plan["ends"]), date.fromisoformat(plan["today"])
    assert (ends - today).days < 28
    assert "`learn settings minutes" in learn("plan", "--weeks", "4").stdout
    assert learn("plan", "--weeks", "0").returncode == 2


# moving, and beginning again


def test_progress_moves_to_another_machine(learn: Any, workspace: Path, folder: Path) -> None:
    learn("read", "1", "--done")
    done = learn("export", "mine.db")
    assert (done.returncode, done.stderr) == (0, "")
    learn("init", "--quiet", "elsewhere")
    other = {"LEARN_WORKSPACE": str(folder / "elsewhere")}
    assert json.loads(learn("next", "--json", **other).stdout)["kind"] == "reading"
    topics = len(load_catalog().chapters[0].topics)
    assert learn("import", "mine.db", **other).stdout == f"mine.db held {topics} new entries.\n"
    assert learn("import", "mine.db", **other).stdout == "mine.db held no new entries.\n"
    assert json.loads(learn("next", "--json", **other).stdout)["kind"] == "exercise"


def test_what_cannot_be_imported(learn: Any, workspace: Path, folder: Path) -> None:
    (folder / "notes.db").write_text("no database")
    for name in ("notes.db", "missing.db"):
        done = learn("import", name)
        assert (done.returncode, done.stdout) == (2, "")
        assert name in done.stderr
    assert learn("export", "notes.db").returncode == 2


def test_reset_all_keeps_a_backup(learn: Any, softmax: Path, database: Path) -> None:
    stub = softmax.read_text()
    softmax.write_text("my work")
    learn("settings", "new_cards", "3")
    with Progress(database) as progress:
        progress.record(Attempt("softmax", "submit", "passed", 1, 1, 0, NOW, b"my work", "{}"))
    done = json.loads(learn("reset", "--all", "--yes", "--json").stdout)
    assert softmax.read_text() == stub
    assert [Path(file).read_text() for file in done["files"]] == ["my work"]
    with Progress(database) as progress:
        assert progress.standing().passed == frozenset()
        assert progress.settings["new_cards"] == 3
    learn("import", done["progress"])
    with Progress(database) as progress:
        assert progress.standing().passed == {"softmax"}


def test_reset_all_asks_first(
    learn: Any, learn_path: str, softmax: Path, database: Path, environment: Any
) -> None:
    softmax.write_text("my work")
    done = learn("reset", "--all")
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert learn("reset", "--all", "softmax").returncode == 2
    for answer, left in ((b"n\n", "my work"), (b"y\n", None)):
        main, side = pty.openpty()
        asked = subprocess.Popen(
            [learn_path, "reset", "--all"],
            cwd=softmax.parent,
            env=environment(),
            stdin=side,
            stdout=subprocess.PIPE,
            text=True,
        )
        os.write(main, answer)
        said, _ = asked.communicate(timeout=60)
        os.close(main)
        os.close(side)
        assert "A backup is kept" in said
        assert (softmax.read_text() == "my work") == (left == "my work")
