"""A sound course with one exercise, for tests that bend it, and an audit of it in this process."""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from exercises.catalog import Exercise, load_catalog
from exercises.course import Course
from grader import Report, Submission
from grader.examiner.examiner import Examiner
from grader.examiner.sandbox import Sandbox
from grader.proving.audit import AuditResult, audit

CHAPTER = """
title: Doubling
summary: Twice as much.
topics:
  - {id: doubling, title: Doubling}
  - {id: history, title: Where it comes from, reading_only: true}
exercises:
  - id: double
    title: Double it
    summary: Twice the number.
    topics: [doubling]
    needs: []
    difficulty: 1
    entry: [double]
    hints: [one, two, three]
    source: "Nobody 2000"
"""
SUITE = '''
def test_doubles(submission, expect):
    """It is doubled."""
    expect(submission.double(3.0)).matches(6.0)

def test_takes_other_numbers(submission, rng, expect):
    """So is another one."""
    for x in (-1.0, 0.5, rng.normal().item()):
        expect(submission.double(x)).matches(2 * x)
'''
MISCONCEPTIONS = """
- {id: same, says: You return it., see: doubling, edit: ["2 * x", "x"]}
- {id: tripled, says: You triple it., see: doubling, edit: ["2 * x", "3 * x"]}
- {id: squared, says: You square it., see: doubling, edit: ["2 * x", "x * x"]}
- {id: negated, says: You change its sign., see: doubling, edit: ["2 * x", "-2 * x"]}
"""
STUB = "exercises/ch01_demo/double.py"
LESSON = "exercises/ch01_demo/lesson.md"
HIDDEN = "grader/suites/ch01_demo/double"
COURSE = {
    "exercises/ch01_demo/chapter.yaml": CHAPTER,
    LESSON: "# Demo\n\n## Doubling {#doubling}\n\n## Where it comes from {#history}\n",
    STUB: "def double(x):\n    raise NotImplementedError\n",
    f"{HIDDEN}/test_double.py": SUITE,
    f"{HIDDEN}/solution.py": "def double(x):\n    return 2 * x\n",
    f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS,
    f"{HIDDEN}/alternatives/added.py": "def double(x):\n    return x + x\n",
    f"{HIDDEN}/alternatives/halved.py": "def double(x):\n    return x / 0.5\n",
}


class InThisProcess:
    """Stands for a `Grader`: grades a course that is not the installed one."""

    def __init__(self, examiner: Examiner, before: Callable[[], object] = lambda: None) -> None:
        self._examiner = examiner
        self._before = before
        self.tasks = 0

    def submit(self, submission: Submission) -> Future[Report]:
        self._before()
        self.tasks += 1
        future: Future[Report] = Future()
        future.set_result(self._examiner.grade(submission))
        return future

    def ask(self, function: Callable[[Exercise], Any], exercise: Exercise) -> Future[Any]:
        self.tasks += 1
        future: Future[Any] = Future()
        try:
            future.set_result(function(exercise))
        except Exception as error:  # of a suite that is bent
            future.set_exception(error)
        return future


def write_course(root: Path, changes: Mapping[str, str | None]) -> None:
    """The files of the small course, with these instead; None leaves one out."""
    for place, text in {**COURSE, **changes}.items():
        if text is not None:
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_text(text, encoding="utf-8")


def audit_course(
    root: Path, sandbox: Sandbox, *cache: Any, before: Callable[[], object] = lambda: None
) -> tuple[AuditResult, int]:
    """The audit of the course under `root`, and how many tasks it gave the grader."""
    sys.modules.pop("test_double", None)  # pytest keeps what it has imported
    catalog = load_catalog(Course.at(root))
    grader = InThisProcess(Examiner("cpu", sandbox, catalog), before)
    found = audit(grader, catalog, catalog.exercises, *cache)  # type: ignore[arg-type]
    return found, grader.tasks
