"""Today, Map, Exercise, Progress and Settings, driven with real keys at both sizes."""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driving import (
    DIAGNOSIS,
    NARROW,
    NOW,
    TESTS,
    WIDE,
    MadeUpGrader,
    Pilot,
    Small,
    made_up_report,
    opened,
    press,
    settled,
    text,
)

from exercises.catalog import Catalog
from grader import Report, Submission
from grader.report import Problem, Symptom
from tui.app.places import PLACES
from tui.app.screens.exercise import ExercisePage
from tui.app.widgets.scroll import Scroll
from tui.app.widgets.verdict import VerdictView
from tui.planning.planner import walk_day
from tui.planning.unlocking import opened_by
from tui.progress.progress import Attempt
from tui.progress.records import Standing
from tui.progress.settings import SETTINGS
from tui.study.targets import ExerciseTarget

sizes = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])


def one_line(pilot: Pilot) -> str:
    return " ".join(text(pilot).split())


# Today


@sizes
def test_today_says_what_is_next_and_why(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        seen = one_line(pilot)
        assert "Friday, 13 June · no cards due" in seen
        assert "Next: reading" in seen
        assert "Topic 1 of 4 in chapter 1. Then you build it: An exercise on costs." in seen
        assert "3 Several heads at once" in seen

    small.drive(script, size)


def test_today_counts_days_and_chapters(small: Small) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        seen = one_line(pilot)
        assert "18 days in a row" in seen
        assert "4 of 4 lesson read" in seen
        assert "0 of 3 lesson read" in seen

    small.drive(script)


@sizes
def test_today_lists_what_the_day_still_holds(small: Small, size: tuple[int, int]) -> None:
    """With minutes, and in the order of the plan; a large screen shows the week as well."""

    async def script(pilot: Pilot) -> None:
        seen = text(pilot)
        with small.session() as session:
            pace, known = session.pace(), session.snapshot(NOW)
            tasks = [task for task, _ in walk_day(session.catalog, known, pace)]
        assert len(tasks) > 4
        build = session.catalog.exercise(tasks[1].id).title
        assert f"build  {build}   {tasks[1].minutes:.0f} minutes" in seen
        left = len(tasks) - 1 - (6 if size == WIDE else 3)
        assert (f"and {left} more" in seen) == (left > 0)
        week = "This week       Fri  Sat  Sun  Mon  Tue  Wed  Thu"
        assert (week in seen) == (size == WIDE)
        if size == WIDE:
            minutes = next(line for line in seen.splitlines() if line.startswith("    minutes"))
            assert int(minutes.split()[1]) == round(sum(task.minutes for task in tasks))

    small.drive(script, size)


@pytest.mark.parametrize(
    ("days", "when"), [("daily", "Tomorrow"), ("weekdays", "On Monday"), ("weekends", "Tomorrow")]
)
def test_when_the_day_is_over_it_says_when_there_is_something_again(
    small: Small, days: str, when: str
) -> None:
    """What is offered to who wants more is not said to be planned."""
    with small.session() as session:
        session.progress.settings.change("days", days)
        session.progress.settings.change("minutes", "20")
        for exercise in ("costs", "weights", "lookup"):
            session.progress.record(
                Attempt(exercise, "submit", "passed", 1, 1, 0, NOW, b"right", "{}")
            )

    async def script(pilot: Pilot) -> None:
        seen = one_line(pilot)
        assert "Today's plan is done. This is for when you want more." in seen
        assert "If you want more: reading" in seen and "Next:" not in seen
        assert re.search(rf"{when}: about \d+ minutes\.", seen) and "After that" not in seen

    small.drive(script)


def test_a_task_of_the_day_is_a_click_away(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        rows = text(pilot).splitlines()
        row = next(number for number, line in enumerate(rows) if line.strip().startswith("build"))
        await pilot.click(offset=(12, row))
        await settled(pilot)
        assert "An exercise on costs" in text(pilot).splitlines()[2]

    small.drive(script)


def test_a_chapter_that_is_known_is_tested_out_of(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        assert "Press t: a few questions take you past it." in one_line(pilot)
        await press(pilot, "t")
        assert "must be right" in text(pilot)

    small.drive(script)
    small.record_something()

    async def later(pilot: Pilot) -> None:
        assert "Test out" not in text(pilot)
        await press(pilot, "t")
        assert "must be right" not in text(pilot)

    small.drive(later)


def test_a_day_ends_when_one_goes_to_bed(small: Small) -> None:
    """As for cards and the plan: two o'clock at night still belongs to the day before."""

    async def script(pilot: Pilot) -> None:
        today: Any = pilot.app.screen
        today.services = replace(today.services, clock=lambda: NOW.replace(hour=2))
        await press(pilot, "g", "m", "g", "t")
        assert "Thursday, 12 June · this day ends at 04:00" in one_line(pilot)
        today.services = replace(today.services, clock=lambda: NOW)
        await press(pilot, "g", "m", "g", "t")
        assert "this day ends" not in text(pilot)

    small.drive(script)


def test_enter_does_the_next_step(small: Small) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        await press(pilot, "enter")
        assert "An exercise on scaled" in text(pilot)

    small.drive(script)


def test_a_chapter_is_a_click_away_on_the_map(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await pilot.click("ChapterBars", offset=(6, 1))
        await settled(pilot)
        assert "An exercise on scaled" in text(pilot).splitlines()[-9:][0] + one_line(pilot)
        assert "›" in next(line for line in text(pilot).splitlines() if "on scaled" in line)

    small.drive(script)


# Map


def cursor(pilot: Pilot) -> str:
    """The title under the cursor of the map."""
    line = next(line for line in text(pilot).splitlines() if line.lstrip().startswith("›"))
    return line.partition("An exercise on ")[2].split()[0]


@sizes
def test_the_map_shows_every_state(small: Small, size: tuple[int, int]) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "home")
        lines = {line.partition("on ")[2].split()[0]: line for line in map(str.strip, rows(pilot))}
        assert "✓" in lines["costs"]
        assert "★" in lines["weights"], "its question is answered, too"
        assert "○" in lines["scaled"]
        assert "◌" in lines["layer"]

    def rows(pilot: Pilot) -> list[str]:
        half = [line[: 74 if size == WIDE else None] for line in text(pilot).splitlines()[:14]]
        return [line for line in half if "An exercise on " in line]

    small.drive(script, size)


@pytest.mark.parametrize("keys", ["up down left right", "k j h l"])
def test_the_cursor_follows_the_edges(small: Small, keys: str) -> None:
    up, down, left, right = keys.split()

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m")
        assert cursor(pilot) == "costs"
        for key, then in (
            (down, "weights"),
            (right, "lookup"),  # what it unlocks
            (down, "masks"),
            (right, "scaled"),
            (left, "masks"),  # the nearest that it needs
            (left, "weights"),
            (left, "weights"),  # it needs nothing
            (up, "costs"),
            (right, "costs"),  # it unlocks nothing
        ):
            await press(pilot, key)
            assert cursor(pilot) == then, key

    small.drive(script)


def test_enter_and_click_open_an_exercise(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "j", "enter")
        assert "An exercise on weights" in text(pilot)
        await press(pilot, "g", "m")
        await pilot.click("ConceptMap", offset=(20, 3))
        await settled(pilot)
        assert cursor(pilot) == "lookup"
        await pilot.click("ConceptMap", offset=(20, 3))
        await settled(pilot)
        assert "An exercise on lookup" in text(pilot)

    small.drive(script)


def test_the_card_says_how_many_more_there_are(small: Small) -> None:
    first, *others = small.catalog.chapters
    many = [replace(first.exercises[2], id=f"lookup{number}") for number in range(40)]
    crowd = replace(first, exercises=(*first.exercises, *many))
    crowded = replace(small, catalog=Catalog((crowd, *others)))

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "home", "j")
        card, _, legend = one_line(pilot).partition("Unlocks ")[2].partition(" ◌ locked")
        assert "★ mastered" in legend
        shown = card.count("◌")
        assert 2 < shown < 42
        assert card.endswith(f" and {42 - shown} more")

    crowded.drive(script)


@pytest.mark.parametrize("size", [(40, 12), NARROW, WIDE], ids=str)
def test_an_exercise_takes_one_line_of_the_map(small: Small, size: tuple[int, int]) -> None:
    """However long its title is and whatever it builds on; and the chosen one is seen."""

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "home")
        for exercise in small.catalog.exercises:
            drawn = text(pilot).partition("────")[0].partition(" ↑↓ Move")[0].splitlines()[1:]
            assert not [line for line in drawn if line[:5].strip(" ›◂▸│○◌123")], drawn
            assert [line for line in drawn if line.startswith("  ›")], exercise.id
            await press(pilot, "j")

    first, *others = small.catalog.chapters
    long = [
        replace(each, title=f"{each.title} {'of some length ' * 9}") for each in first.exercises
    ]
    replace_all = Catalog((replace(first, exercises=tuple(long)), *others))
    replace(small, catalog=replace_all).drive(script, size)


def test_the_card_keeps_a_title_and_its_sign_together(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "m", "home", "j")
        for width in range(45, 81, 5):
            await pilot.resize_terminal(width, 40)
            await settled(pilot)
            card = text(pilot).partition("────")[2].partition("◌ locked   ○")[0]
            assert "◌" in card
            assert not [line for line in card.splitlines() if line.rstrip().endswith("◌")], width

    small.drive(script)


# The last line


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_the_keys_fit_and_help_stays(small: Small, width: int) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        last = text(pilot).splitlines()[-1]
        assert len(last) < width
        assert "  ? Help" in last
        assert width == 20 or (last.startswith(" e Edit") and "  g Go" in last)

    small.drive(script, (width, 24))


@pytest.mark.parametrize("place", [place.name for place in PLACES])
def test_where_there_is_more_than_fits_the_last_line_says_how_to_see_it(
    small: Small, place: str
) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        pilot.app.action_go(place)  # type: ignore[attr-defined]
        await settled(pilot)
        for height in (14, 90):
            await pilot.resize_terminal(80, height)
            await settled(pilot)
            focused = pilot.app.screen.focused
            around = focused.ancestors_with_self if focused else []
            longer = [one for one in around if isinstance(one, Scroll) and one.max_scroll_y]
            is_said = "↑↓" in text(pilot).splitlines()[-1]
            assert is_said or not longer, text(pilot)
            assert "↑↓ Scroll" not in text(pilot) or longer

    small.drive(script)


# Exercise


async def until(pilot: Pilot, words: str) -> None:
    await until_seen(pilot, words)
    await settled(pilot)


async def until_seen(pilot: Pilot, words: str) -> None:
    for _ in range(1000):  # a file's event comes late where the machine is busy
        await pilot.pause(0.02)
        if words in text(pilot):
            return
    raise AssertionError(f"no {words!r} in:\n{text(pilot)}")


def file_of(small: Small, id: str = "weights") -> Path:
    return small.workspace.file(small.catalog.exercise(id))


@sizes
def test_the_brief(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        seen = one_line(pilot)
        for words in (
            "An exercise on weights",
            "○ open",
            "Build weights from its parts",
            "def weights(",
            "Turn scores into weights along one dimension.",
            ">>> weights(torch.zeros(2))",
        ):
            assert words in seen
        assert "NotImplementedError" not in seen

    small.drive(script, size)


def test_the_file_to_write_and_its_difficulty(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        assert "difficulty ●" in text(pilot).splitlines()[2]
        await press(pilot, "tab")
        assert "Write workspace/ch01_scores/weights.py: each save" in one_line(pilot)

    small.drive(script)


@sizes
def test_what_is_locked_says_what_it_is_best_done_after_and_counts_all_the_same(
    small: Small, size: tuple[int, int]
) -> None:
    advised = "Best after {}; you may do it all the same."
    needs = [small.catalog.exercise(id) for id in ("lookup", "masks")]
    file_of(small, "scaled").write_text("right")

    async def script(pilot: Pilot) -> None:
        await opened(pilot, "scaled")
        assert "◌ locked" in text(pilot)
        brief = " ".join(line.split("│")[0] for line in text(pilot).splitlines())
        assert advised.format(", ".join(need.named for need in needs)) in " ".join(brief.split())
        await press(pilot, "s", "tab")
        assert "✓ passed" in text(pilot) and "Best after" not in text(pilot)
        await opened(pilot, "weights")
        assert "○ open" in text(pilot) and "Best after" not in text(pilot)

    small.drive(script, size)
    with small.session() as session:
        assert session.progress.standing().passed == {"scaled"}


def test_hints_come_one_by_one_and_are_remembered(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        for number, hint in enumerate(small.catalog.exercise("weights").hints, start=1):
            await press(pilot, "h")
            assert f"Hint {number} of 3" in text(pilot)
            assert hint in one_line(pilot)
        await press(pilot, "h")

    small.drive(script)
    with small.session() as session:
        assert session.progress.hints_shown("weights") == 3
        latest = session.progress.standing().latest
        assert latest and latest.exercise == "weights"


@sizes
def test_a_mistake_that_is_named_leads_to_its_place_in_the_lesson(
    small: Small, size: tuple[int, int]
) -> None:
    section = "## About weights {#ch01-weights}\n\n### Overview\n\nWeights sum to 1.\n"
    small.catalog.chapters[0].lesson.write_text(f"# Chapter\n\n{section}", "utf-8")

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        assert "Lesson" not in text(pilot).splitlines()[-1]
        await press(pilot, "r")
        assert "l Lesson" in text(pilot).splitlines()[-1]
        await press(pilot, "l")
        assert "Weights sum to 1." in text(pilot)
        await press(pilot, "escape")
        assert "✗ not passed" in text(pilot), "and back to where one was"

    small.drive(script, size)


@sizes
def test_run_shows_the_verdict_in_full(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r")
        seen = one_line(pilot)
        for words in (
            "✗ not passed 1 of 3 tests, 1 of 4 points",
            "Your softmax always runs along the last dimension.",
            "l opens the lesson on this: “About weights”",
            "✓ Each row sums to 1.",
            "called weights(float32[3, 4], dim=1)",
        ):
            assert words in seen
        await press(pilot, *(["pagedown"] * (size == NARROW)))
        seen = one_line(pilot)
        assert "yours" in seen and "expected" in seen
        assert "≠0.35" in seen and "0.3 " in seen
        await press(pilot, "j")
        seen = one_line(pilot)
        assert "got tensor([nan, nan])" in seen
        assert "expected tensor([0.5, 0.5])" in seen

    small.drive(script, size)
    with small.session() as session:
        latest = session.progress.standing().latest
        assert latest and (latest.kind, latest.outcome) == ("check", "failed")


@sizes
def test_a_submission_that_fails_is_told_from_a_check(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r")
        assert "did not count" not in one_line(pilot)
        await press(pilot, "s")
        assert "You submitted this, and it did not count." in one_line(pilot)
        file_of(small).write_text("right")
        await press(pilot, "s")
        assert "did not count" not in one_line(pilot)

    small.drive(script, size)


@pytest.mark.parametrize("of", ["", " of `weights`"], ids=["of all calls", "of one"])
def test_what_the_head_says_is_not_said_again(
    small: Small, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    """A message names the call that it is about; the head does where it is the same for all."""
    says = f"The result{of} should be a tuple of 2 values; yours is a list."
    symptom = Symptom("form", says, "Holds for 3 calls.")
    message = "The result of `weights` should be a tuple of 2 values; yours is a list."
    tests = tuple(replace(test, message=message, symptom=symptom) for test in TESTS[1:])

    async def grade(self: MadeUpGrader, submission: Submission) -> Report:
        report = made_up_report("weights", False)
        return replace(report, tests=tests, diagnosis=None, symptom=symptom)

    monkeypatch.setattr(MadeUpGrader, "grade", grade)

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r")
        for _ in tests:
            assert one_line(pilot).count("should be a tuple of 2 values") == 1
            await press(pilot, "j")

    small.drive(script, WIDE)


def test_the_test_that_is_opened_is_one_that_the_diagnosis_explains(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = TESTS
    tests = (first, replace(second, message="A NameError."), replace(third, diagnosis=DIAGNOSIS))

    async def grade(self: MadeUpGrader, submission: Submission) -> Report:
        return replace(made_up_report("weights", False), tests=tests)

    monkeypatch.setattr(MadeUpGrader, "grade", grade)

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r")
        assert "It should be 0.5; yours is nan." in one_line(pilot)
        assert "A NameError." not in text(pilot)

    small.drive(script)


@sizes
def test_a_save_is_checked(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        file_of(small, "costs").write_text("another file")
        await pilot.pause(0.4)
        assert small.grader.graded == []
        file_of(small).write_text("wrong")
        await until(pilot, "✗ not passed")
        fresh = file_of(small).with_suffix(".new")
        fresh.write_text("right")
        fresh.replace(file_of(small))
        await until(pilot, "✓ passed")
        assert [submission.exercise for submission in small.grader.graded] == ["weights"] * 2
        assert {submission.seed for submission in small.grader.graded} == {0}

    small.drive(script, size)


class HeldGrader(MadeUpGrader):
    """Keeps each submission until it is let go, as a real one is busy for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[asyncio.Event] = []
        self.handed_over = 0.0  # when the last one was

    async def grade(self, submission: Submission) -> Report:
        let_go = asyncio.Event()
        self.held.append(let_go)
        self.handed_over = time.monotonic()
        await let_go.wait()
        return await super().grade(submission)


async def held(pilot: Pilot, grader: HeldGrader, count: int) -> None:
    """Until so many submissions have been handed over, and it is said how long the last is being
    checked: longer than that only by what a busy machine let pass before it came here."""
    for _ in range(1000):
        await pilot.pause(0.02)
        told = re.search(r"checking (\d+) s · esc stops", text(pilot))
        since = time.monotonic() - grader.handed_over
        if len(grader.held) == count and told and int(told[1]) <= since + 1:
            return
    raise AssertionError(f"{len(grader.held)} of {count} submissions, and:\n{text(pilot)}")


@sizes
def test_a_check_is_stopped(small: Small, size: tuple[int, int]) -> None:
    """And what was there before it is there again; without one, Escape goes back."""
    grader = HeldGrader()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        file_of(small).write_text("wrong")
        await held(pilot, grader, 1)
        grader.held[0].set()
        await until(pilot, "✗ not passed")
        file_of(small).write_text("right")
        await held(pilot, grader, 2)
        await press(pilot, "escape")
        assert "esc stops" not in text(pilot)
        assert "✗ not passed" in text(pilot) and not pilot.app.screen.query(".-old")
        await pilot.press("r")
        await held(pilot, grader, 3)
        grader.held[2].set()
        await until(pilot, "✓ passed")
        await press(pilot, "escape")
        assert "Next: " in text(pilot)

    replace(small, grader=grader).drive(script, size)


@sizes
@pytest.mark.parametrize("first", [0, 1], ids=["older-first", "newer-first"])
def test_the_verdict_is_that_of_the_newest_save(
    small: Small, first: int, size: tuple[int, int]
) -> None:
    """Whichever check is done first, when a file is saved while another is running."""
    grader = HeldGrader()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        file_of(small).write_text("wrong")
        await held(pilot, grader, 1)
        file_of(small).write_text("right")
        await held(pilot, grader, 2)
        grader.held[first].set()
        await pilot.pause(0.1)
        grader.held[1 - first].set()
        await until(pilot, "✓ passed")
        assert "esc stops" not in text(pilot)

    replace(small, grader=grader).drive(script, size)
    with small.session() as session:
        latest = session.progress.standing().latest
        assert latest and latest.outcome == "passed"


@sizes
def test_a_save_that_is_told_again_lets_its_check_go_on(
    small: Small, size: tuple[int, int]
) -> None:
    """The file system may tell of one save twice, and of changes that are none of the text."""
    grader = HeldGrader()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        file_of(small).write_text("right")
        await held(pilot, grader, 1)
        file_of(small).chmod(0o600)
        await pilot.pause(0.5)
        grader.held[0].set()
        await until(pilot, "✓ passed")
        assert len(grader.held) == 1
        assert "esc stops" not in text(pilot)

    replace(small, grader=grader).drive(script, size)


@sizes
def test_a_save_takes_nothing_from_a_submission(small: Small, size: tuple[int, int]) -> None:
    grader = HeldGrader()
    file_of(small).write_text("right")

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await pilot.press("s")
        await held(pilot, grader, 1)
        file_of(small).write_text("wrong")
        await held(pilot, grader, 2)
        for let_go in grader.held:
            let_go.set()
        await until(pilot, "✗ not passed")

    replace(small, grader=grader).drive(script, size)
    with small.session() as session:
        assert session.progress.standing().passed == {"weights"}


def test_a_late_verdict_is_not_shown_with_another_exercise(small: Small) -> None:
    grader = HeldGrader()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await pilot.press("r")
        await held(pilot, grader, 1)
        pilot.app.action_go("exercise", ExerciseTarget("costs"))  # type: ignore[attr-defined]
        await until_seen(pilot, "An exercise on costs")
        assert "esc stops" not in text(pilot)
        grader.held[0].set()
        await settled(pilot)
        assert "No verdict yet" in one_line(pilot)
        await opened(pilot)
        assert "✗ not passed" in text(pilot)

    replace(small, grader=grader).drive(script, WIDE)


@sizes
def test_the_brief_is_as_it_was_after_a_verdict(small: Small, size: tuple[int, int]) -> None:
    """It is drawn anew while the verdict hides it, where it has no width."""

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        brief = pilot.app.screen.query_one("#brief")
        before, height = text(pilot), brief.virtual_size.height
        for content in ("wrong", "right"):
            file_of(small).write_text(content)
            await until(pilot, "passed   ")
            await press(pilot, "r", "tab")
            assert "Not allowed" in one_line(pilot) and "Not allowed" in " ".join(before.split())
            assert brief.virtual_size.height == height
            await press(pilot, "tab")

    small.drive(script, size)


def test_side_by_side_the_pane_in_use_has_more_room(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        brief, verdict = map(pilot.app.screen.query_one, ("#brief", "#verdict"))
        assert brief.size.width > verdict.size.width
        await press(pilot, "tab")
        assert brief.size.width < verdict.size.width

    small.drive(script, WIDE)


def test_a_submission_counts_and_leads_on(small: Small) -> None:
    file_of(small).write_text("right")

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        assert "Next" not in text(pilot).splitlines()[-1]
        await press(pilot, "s")
        assert "✓ passed" in text(pilot)
        assert small.grader.graded[0].seed is None, "a submission draws a fresh seed"
        last = text(pilot).splitlines()[-1]
        assert all(word in last for word in ("Submit", "Next", "Ours", "Help"))
        opens = opened_by(small.catalog, Standing(passed=frozenset({"weights"})), "weights")
        assert opens
        assert f"It counts. Opens: {opens[0].title} ({opens[0].id})" in one_line(pilot)
        lines = [line.split("│")[-1].strip() for line in text(pilot).splitlines()]
        starts = ("It counts. Opens", "Press Enter to go on; o", "Submitted at", TESTS[0].title)
        places = [
            next(place for place, line in enumerate(lines) if start in line) for start in starts
        ]
        assert places == sorted(set(places)), "each begins a line of its own"
        assert not lines[places[-1] - 1], "a list of tests stands apart"
        await press(pilot, "r")
        assert "o shows ours beside the answer that passed" in one_line(pilot)

    small.drive(script)
    with small.session() as session:
        assert session.progress.standing().passed == {"weights"}


def test_the_latest_verdict_is_there_again(small: Small) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        await opened(pilot, "masks")
        await press(pilot, "tab")
        assert "✓ passed" in text(pilot)
        assert "Submitted at" in text(pilot)

    small.drive(script)


def test_a_missing_file_is_said(small: Small) -> None:
    file_of(small).unlink()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r")
        assert "There is no file" in text(pilot)
        assert "`e` makes it anew" in text(pilot)

    small.drive(script)


def test_a_missing_file_is_made_anew_for_the_editor(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExercisePage, "lent", lambda page: nullcontext())
    monkeypatch.setenv("VISUAL", "true")
    stub = file_of(small).read_text()
    file_of(small).unlink()

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "e")
        assert file_of(small).read_text() == stub

    small.drive(script)


def test_a_file_that_cannot_be_read_as_python(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def grade(self: MadeUpGrader, submission: Submission) -> Report:
        report = Report("weights", "", "failed", 0, 4, 0, "cpu", layers={})
        return replace(report, problem=Problem("syntax", "It is no Python.", 3, "def ["))

    monkeypatch.setattr(MadeUpGrader, "grade", grade)

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "r")
        assert "It is no Python." in text(pilot)
        assert "3 │ def [" in text(pilot)

    small.drive(script)


def test_the_editor_gets_the_file(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []
    monkeypatch.setattr(
        "tui.app.screens.exercise.edit", lambda file, environment: seen.append(file)
    )
    monkeypatch.setattr(ExercisePage, "lent", lambda page: NoTerminal())

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await press(pilot, "e")
        assert seen == [file_of(small)]

    small.drive(script)


class NoTerminal:
    """The test has no terminal to lend."""

    def __enter__(self) -> None: ...

    def __exit__(self, *exception: object) -> None: ...


# Progress


@sizes
def test_progress_from_what_was_recorded(small: Small, size: tuple[int, int]) -> None:
    small.record_something()

    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "p")
        seen = text(pilot)
        for _ in range(4):
            await press(pilot, "pagedown")
            seen += text(pilot)
        seen = " ".join(seen.split())
        assert "4 of 9 exercises passed" in seen
        assert "43 min in all" in seen, "four times nine minutes, and seven after the lesson"
        assert "your goal is 90%" in seen
        assert "About weights" in seen and "100% ex 1/1 qu 1/1" in seen

    small.drive(script, size)


def test_progress_says_where_nothing_is_known(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "p")
        seen = one_line(pilot)
        assert "Nothing in the last four weeks, counted" in seen
        assert "No learnt card has come back yet." in seen

    small.drive(script)


# Settings


@sizes
def test_the_values_stand_in_one_column(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "n")
        lines = [line for line in text(pilot).splitlines() if "◂" in line]
        assert len(lines) == len(SETTINGS)
        assert len({line.index("◂") for line in lines}) == 1

    small.drive(script, size)


def test_settings_are_kept(small: Small) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "n", "l")
        assert pilot.app.theme == "light"
        await press(pilot, "j", "right", "right", "j", "k", "left")

    small.drive(script)
    with small.session() as session:
        assert session.progress.settings["theme"] == "light"
        assert session.progress.settings["minutes"] == SETTINGS["minutes"].default + 10  # type: ignore[operator]


@sizes
def test_a_setting_by_mouse(small: Small, size: tuple[int, int]) -> None:
    async def script(pilot: Pilot) -> None:
        await press(pilot, "g", "n")
        lines = text(pilot).splitlines()
        line = next(y for y, line in enumerate(lines) if "New cards" in line)
        await pilot.click(offset=(lines[line].index("▸"), line))
        await settled(pilot)

    small.drive(script, size)
    with small.session() as session:
        assert session.progress.settings["new_cards"] == 11


def test_what_is_said_of_all_tests_is_said_once(small: Small) -> None:
    """As `learn check` does: ten lines that say the same hide what to do next."""
    alike = tuple(replace(test, outcome="failed", message=DIAGNOSIS.says) for test in TESTS)
    report = replace(made_up_report("weights", False), tests=alike)

    async def script(pilot: Pilot) -> None:
        await opened(pilot)
        await pilot.app.screen.query_one(VerdictView).show(report, "check", NOW)
        await press(pilot, "tab", "j", "k")
        seen = one_line(pilot)
        assert "All 3 tests end like this." in seen
        assert TESTS[0].title not in seen and "Checked at 10:30:00" in seen

    small.drive(script, WIDE)
