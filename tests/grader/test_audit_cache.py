"""What the audit need not grade again: only what passed, and has not changed in any way since."""

from collections.abc import Callable
from pathlib import Path

import pytest
from audited_course import (
    CHAPTER,
    COURSE,
    HIDDEN,
    LESSON,
    MISCONCEPTIONS,
    STUB,
    SUITE,
    audit_course,
    write_course,
)

from exercises.catalog import load_catalog
from grader import Grader, Submission, suite_versions
from grader.examiner.sandbox import Sandbox
from grader.proving.audit import AuditResult
from grader.proving.audit_cache import AuditCache, local_cache
from grader.suite_versions import grading_code

ALL = 1 + 2 + 2 + 1  # solution, alternatives, dry runs of the ten others, by heart
MODULES = "[module.__file__ for module in list(__import__('sys').modules.values())"
MODULES += " if getattr(module, '__file__', None)]"

Audited = Callable[..., tuple[AuditResult, int]]


@pytest.fixture
def audited(tmp_path: Path, sandbox: Sandbox) -> Audited:
    """`audited({path: text})`: the audit of the small course, and how many tasks it gave.

    What an earlier one wrote stays there.
    """
    write_course(tmp_path, {})

    def run(
        changes: dict[str, str] | None = None, before: Callable[[], object] = lambda: None
    ) -> tuple[AuditResult, int]:
        for place, text in (changes or {}).items():
            (tmp_path / place).write_text(text, encoding="utf-8")
        return audit_course(tmp_path, sandbox, AuditCache(tmp_path / "cache"), before=before)

    return run


def test_what_passed_and_is_the_same_counts_without_being_graded(audited: Audited) -> None:
    first, graded = audited()
    assert (graded, first.exercises_from_cache, first.problems) == (ALL, 0, [])
    second, graded = audited()
    assert (graded, second.exercises_from_cache) == (0, 1)
    assert second.counts() == first.counts() | {"exercises_from_cache": 1}


@pytest.mark.parametrize(
    "changes",
    [
        {f"{HIDDEN}/test_double.py": SUITE + "\n"},
        {f"{HIDDEN}/solution.py": COURSE[f"{HIDDEN}/solution.py"] + "\n"},
        {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS + "\n"},
        {f"{HIDDEN}/alternatives/added.py": "def double(x):\n    return sum([x, x])\n"},
        {f"{HIDDEN}/alternatives/another.py": "def double(x):\n    return x + x\n"},
        {STUB: COURSE[STUB] + "\n"},
        {"exercises/ch01_demo/chapter.yaml": CHAPTER + "    limits: {seconds: 3}\n"},
    ],
    ids=lambda changes: next(iter(changes)).rpartition("/")[2],
)
def test_any_change_of_an_exercise_has_it_graded_again(
    audited: Audited, changes: dict[str, str]
) -> None:
    audited()
    found, graded = audited(changes)
    assert graded >= ALL and found.exercises_from_cache == 0
    assert audited()[1] == 0


def test_a_change_of_the_code_that_grades_has_all_graded_again(
    audited: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code.py"
    code.write_text("one = 1")
    monkeypatch.setattr(suite_versions, "grading_code", lambda: [code])
    assert [audited()[1], audited()[1]] == [ALL, 0]
    code.write_text("one = 2")
    assert audited()[1] == ALL


def test_another_torch_has_all_graded_again(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    audited()
    monkeypatch.setattr(suite_versions, "version", lambda library: f"{library} of tomorrow")
    assert audited()[1] == ALL


def test_all_of_our_code_that_is_loaded_for_grading_counts(grader: Grader) -> None:
    """Of an examiner that has graded something. Hidden suites and solutions are content."""
    grader.grade(Submission("softmax", "softmax = None"))
    root = Path(suite_versions.__file__).parents[1]
    counted = {path.relative_to(root) for path in grading_code()}
    loaded = {Path(file) for file in grader._executor.submit(eval, MODULES).result()}
    ours = {file.relative_to(root) for file in loaded if root in file.parents}
    packages = ("exercises", "grader", "reference")
    ours = {file for file in ours if file.parts[0] in packages and "suites" not in file.parts}
    assert {"catalog.py", "comparison.py", "attention.py"} <= {file.name for file in ours}
    assert ours <= counted


def test_what_is_wrong_is_said_every_time(audited: Audited) -> None:
    wrong = {f"{HIDDEN}/misconceptions.yaml": MISCONCEPTIONS.replace("3 * x", "x * 2")}
    first, second = audited(wrong), audited(wrong)
    assert first == second
    assert first[0].problems and first[1] == ALL + 1  # that edit is graded as a submission, too


def test_gaps_are_looked_for_every_time(audited: Audited) -> None:
    audited()
    found, graded = audited({LESSON: "# Demo\n\n## Doubling\n"})
    assert (graded, found.exercises_from_cache) == (0, 1)
    assert len(found.problems) == 4
    assert "points to 'doubling', which no lesson has" in found.problems[0]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"0" * 64])
def test_a_damaged_cache_is_no_pass(audited: Audited, tmp_path: Path, content: bytes) -> None:
    audited()
    (tmp_path / "cache" / "double").write_bytes(content)
    assert audited()[1] == ALL
    assert audited()[1] == 0


def test_a_cache_that_cannot_be_written_does_no_harm(audited: Audited, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    for _ in range(2):
        found, graded = audited()
        assert (graded, found.problems) == (ALL, [])


def test_an_edit_during_the_audit_is_not_taken_for_what_passed(
    audited: Audited, tmp_path: Path
) -> None:
    solution = tmp_path / HIDDEN / "solution.py"
    found, _ = audited(before=lambda: solution.write_text("def double(x):\n    return 2 * x\n\n"))
    assert found.problems == []
    assert audited({f"{HIDDEN}/solution.py": COURSE[f"{HIDDEN}/solution.py"]})[1] == ALL


def test_ci_remembers_nothing_and_a_user_has_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exercise = load_catalog().exercise("softmax")
    monkeypatch.setenv("CI", "true")
    assert local_cache() is None
    monkeypatch.delenv("CI")
    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
        cache = local_cache()
        assert cache is not None
        key = cache.key(exercise)
        assert not cache.holds(exercise, key)
        cache.add(exercise, key)
        assert cache.holds(exercise, key) and not cache.holds(exercise, "")
        assert [path.name for path in (tmp_path / name).rglob("*") if path.is_file()] == ["softmax"]
        monkeypatch.delenv(name)
