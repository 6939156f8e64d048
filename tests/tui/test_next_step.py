"""What comes next, decided from the catalog and what has been done, and from nothing else."""

from pathlib import Path

import pytest

from exercises.catalog import Catalog, Chapter, Exercise
from tui.next_step import current_exercise, is_unlocked, next_step
from tui.progress import Latest, Standing


def exercise(id: str, chapter: str, *needs: str) -> Exercise:
    return Exercise(
        id=id,
        title=id.title(),
        summary=f"Build {id}.",
        chapter=chapter,
        topics=("topic",),
        needs=needs,
        difficulty=1,
        entry=(id,),
        hints=("a", "b", "c"),
        forbidden=(),
        limits=None,
        source="",
        stub=Path(chapter, f"{id}.py"),
    )


def chapter(id: str, number: int, *exercises: Exercise) -> Chapter:
    return Chapter(id, number, id.title(), "What you can do.", (), exercises, Path(id))


CATALOG = Catalog(
    (
        chapter("ch01_a", 1, exercise("one", "ch01_a"), exercise("two", "ch01_a", "one")),
        chapter("ch02_b", 2, exercise("three", "ch02_b", "two"), exercise("four", "ch02_b")),
        chapter("ch03_c", 3),
    )
)


def standing(
    passed: str = "", read: str = "", latest: tuple[str, str | None, str | None] | None = None
) -> Standing:
    return Standing(
        passed=frozenset(passed.split()),
        read=frozenset(read.split()),
        latest=Latest(latest[0], latest[1], latest[2]) if latest else None,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("known", "command"),
    [
        (standing(), "learn read ch01"),
        (standing(read="ch01_a"), "learn check --watch one"),
        (standing("one", "ch01_a"), "learn check --watch two"),
        (standing("one two", "ch01_a"), "learn read ch02"),
        (standing("one two", "ch01_a ch02_b"), "learn check --watch three"),
        # a chapter that was passed without its lesson is not sent back to
        (standing("one two"), "learn read ch02"),
        # what has been started goes on, even with its lesson unread or its needs not met
        (standing(latest=("two", "check", "failed")), "learn check --watch two"),
        (standing(latest=("two", None, None)), "learn check --watch two"),
        (standing(latest=("two", "check", "passed")), "learn submit two"),
        (standing(latest=("two", "submit", "failed")), "learn check --watch two"),
        # once passed, the course goes on in its order
        (standing("two", "ch01_a", ("two", "submit", "passed")), "learn check --watch one"),
        (standing("two", "ch01_a", ("two", "check", "failed")), "learn check --watch one"),
        # an exercise that has left the course is forgotten
        (standing(read="ch01_a", latest=("gone", "check", "failed")), "learn check --watch one"),
        # a chapter without exercises is still read
        (standing("one two three four", "ch01_a ch02_b"), "learn read ch03"),
        (standing("one two three four", "ch01_a ch02_b ch03_c"), "learn status --all"),
    ],
)
def test_the_next_step(known: Standing, command: str) -> None:
    assert next_step(CATALOG, known).command == command


def test_following_the_advice_finishes_the_course() -> None:
    passed: set[str] = set()
    read: set[str] = set()
    commands = []
    while (step := next_step(CATALOG, Standing(frozenset(passed), frozenset(read)))).kind != "done":
        commands.append(step.command.split()[-1])
        (read if step.kind == "reading" else passed).add(step.id)
    assert commands == ["ch01", "one", "two", "ch02", "three", "four", "ch03"]


def test_every_step_gives_a_reason() -> None:
    assert "chapter 1" in next_step(CATALOG, standing(read="ch01_a")).reason
    assert "builds on: one" in next_step(CATALOG, standing("one", "ch01_a")).reason
    assert next_step(CATALOG, standing()).reason == "Chapter 1 is read before its exercises."


def test_the_current_exercise_is_not_held_up_by_reading() -> None:
    current = current_exercise(CATALOG, standing())
    assert current is not None
    assert current.id == "one"
    assert current_exercise(CATALOG, standing("one two three four")) is None


def test_unlocked_means_that_all_needs_are_passed() -> None:
    two = CATALOG.exercise("two")
    assert not is_unlocked(two, frozenset())
    assert is_unlocked(two, frozenset({"one"}))
