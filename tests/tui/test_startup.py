"""`learn next` starts at once: nothing slow is imported, also in a course of full size."""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SLOW = {"torch", "numpy", "rich", "textual", "pytest", "watchfiles", "grader", "reference"}

# Runs a command line on the course in the first argument, then says what has been imported.
PROBE = """
import sys
from pathlib import Path
import exercises.catalog
exercises.catalog.ROOT = Path(sys.argv.pop(1))
from tui.cli import run
code = run()
print("imported:", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def full_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten chapters with nine exercises each, with as much text as real ones."""
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
                    "topics": ["t1", "t2"],
                    "needs": [f"exercise_{number}_{place - 1}"] if place else [],
                    "difficulty": 3,
                    "entry": [id],
                    "hints": [f"Hint {i}: " + "something to think about, " * 6 for i in range(5)],
                    "forbidden": [{"names": ["softmax", "Softmax"], "instead": "Build it."}],
                    "source": "Vaswani et al. 2017, section 3.2.1",
                }
            )
        topics = [{"id": f"t{i}", "title": f"Topic {i}"} for i in range(6)]
        chapter = {"title": "T", "summary": "S", "topics": topics, "exercises": entries}
        (folder / "chapter.yaml").write_text(yaml.safe_dump(chapter))
    return root


def learn_in(course: Path, folder: Path, environment: Any, *words: str) -> Any:
    return subprocess.run(
        [sys.executable, "-c", PROBE, course, *words],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize("words", [[], ["next"], ["next", "--json"], ["status"], ["hint"]])
def test_nothing_slow_is_imported(
    full_course: Path, folder: Path, environment: Any, words: list[str]
) -> None:
    learn_in(full_course, folder, environment, "init", "--quiet")
    done = learn_in(full_course, folder, environment, *words)
    imported = set(done.stderr.partition("imported: ")[2].split())
    assert "tui" in imported
    assert imported.isdisjoint(SLOW)


def test_the_time_of_learn_next(
    full_course: Path, folder: Path, environment: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Printed and not asserted: it is a figure of the machine, and other work may be running."""
    learn_in(full_course, folder, environment, "init", "--quiet")
    times = []
    for _ in range(7):
        start = time.perf_counter()
        learn_in(full_course, folder, environment, "next")
        times.append((time.perf_counter() - start) * 1000)
    with capsys.disabled():
        print(f"\n`learn next`, 90 exercises: median {statistics.median(times):.0f} ms", end=" ")
