"""`learn next` starts at once: nothing slow is imported, also in a course of full size."""

import resource
import statistics
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from quizzes.cards.scheduling import Review, Schedule
from tui.progress.answers import Answer
from tui.progress.progress import Progress

ROOT = Path(__file__).parents[2]
SLOW = {
    *("torch", "numpy", "rich", "textual", "fsrs", "pytest", "watchfiles", "grader", "reference"),
    "nbformat",
}
# What only tells the ids of questions and cards does not parse them.
PARSERS = {"quizzes.bank", "quizzes.questions.reader", "quizzes.study_aids"}
CARDS_MET = 600

# Runs a command line on the course in the first argument, then says what has been imported.
PROBE = """
import sys
from pathlib import Path
import exercises.catalog
from exercises.course import Course
root = Path(sys.argv.pop(1))
exercises.catalog.OURS = Course(root, root, root)
from tui.cli import run
code = run()
print("imported:", *sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def full_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten chapters with nine exercises, 55 questions and 70 cards each, as long as real ones."""
    root = tmp_path_factory.mktemp("course")
    for number in range(1, 11):
        folder = root / f"ch{number:02}_chapter"
        folder.mkdir()
        entries = []
        for place in range(9):
            id = f"exercise_{number}_{place}"
            (folder / f"{id}.py").write_text("raise NotImplementedError\n")
            entries.append(
                {
                    "id": id,
                    "title": "A softmax that never overflows",
                    "summary": "A sentence or two that say what is built, and what for. " * 2,
                    "topics": [f"t{number}-1", f"t{number}-2"],
                    "needs": [f"exercise_{number}_{place - 1}"] if place else [],
                    "difficulty": 3,
                    "entry": [id],
                    "hints": [f"Hint {i}: " + "something to think about, " * 6 for i in range(5)],
                    "forbidden": [{"names": ["softmax", "Softmax"], "instead": "Build it."}],
                    "source": "Vaswani et al. 2017, section 3.2.1",
                }
            )
        topics = [{"id": f"t{number}-{i}", "title": f"Topic {i}"} for i in range(6)]
        chapter = {"title": "T", "summary": "S", "topics": topics, "exercises": entries}
        (folder / "chapter.yaml").write_text(yaml.safe_dump(chapter))
        (folder / "quiz.yaml").write_text(_entries(number, "question", 55))
        (folder / "cards.yaml").write_text(_entries(number, "card", 70))
    return root


def _entries(chapter: int, name: str, count: int) -> str:
    """Ids and topics are all that is read of them here; the rest is as long as it is."""
    return "".join(
        f"- id: {name}-{chapter}-{place}\n  topic: t{chapter}-{place % 6}\n  kind: basic\n"
        + "  # text\n" * 15
        for place in range(count)
    )


def _study(workspace: Path) -> None:
    """Answer every question of the course, and meet most of its cards."""
    now = datetime.now(UTC)
    with Progress(workspace / ".learn" / "progress.db") as progress:
        for place in range(CARDS_MET):
            last = now - timedelta(days=place % 30)
            card = f"card-{1 + place // 70}-{place % 70}"
            schedule = Schedule("review", None, 9.0, 5.0, last + timedelta(days=9), last)
            progress.reviews.record(Review(card, 3, last, 900, None), schedule)
            question = f"question-{1 + place // 55}-{place % 55}"
            progress.answers.record(Answer(question, 0, "4", True, "quiz", last))


def learn_in(course: Path, folder: Path, environment: Any, *words: str) -> Any:
    return subprocess.run(
        [sys.executable, "-c", PROBE, course, *words],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize("words", [[], ["next"], ["plan"], ["status"], ["hint"]])
def test_nothing_slow_is_imported(
    full_course: Path, folder: Path, environment: Any, words: list[str]
) -> None:
    learn_in(full_course, folder, environment, "init", "--quiet")
    done = learn_in(full_course, folder, environment, *words)
    imported = set(done.stderr.partition("imported: ")[2].split())
    assert "tui.planning.planner" in imported
    assert imported.isdisjoint(SLOW | PARSERS)


@pytest.mark.alone
def test_the_time_of_learn_next(
    full_course: Path, folder: Path, environment: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed and not asserted: it is a figure of the machine, and other work may be running."""
    learn_in(full_course, folder, environment, "init", "--quiet")
    new = _cpu_time(full_course, folder, environment, "next")
    _study(folder / "workspace")
    old = _cpu_time(full_course, folder, environment, "next")
    bare = _cpu_time(full_course, folder, environment, "--version")
    with capsys.disabled():
        print(
            f"\n`learn next`, 90 exercises: median {new:.0f} ms of processor time for a newcomer,"
            f" {old:.0f} ms with {CARDS_MET} cards and answers; `learn --version` {bare:.0f} ms",
            end=" ",
        )


def _cpu_time(course: Path, folder: Path, environment: Any, *words: str) -> float:
    """Milliseconds, the median of seven runs; what other processes do meanwhile hardly matters."""
    times = []
    for _ in range(7):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        learn_in(course, folder, environment, *words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        times.append(spent * 1000)
    return statistics.median(times)
