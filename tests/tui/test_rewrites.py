"""Code comes back: a passed exercise is written again from memory, on a date of the scheduler."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from driving import NOW, WIDE, Pilot, Small, made_up_report, opened, press, settled, text

from exercises.catalog import Catalog, load_catalog
from grader import Submission
from quizzes.ids import summaries
from tui.planning import estimates
from tui.planning.course_plan import course_plan, days_from
from tui.planning.planner import plan_day
from tui.planning.snapshot import Facts, snapshot
from tui.planning.tasks import Pace
from tui.progress.progress import Attempt, Progress
from tui.progress.records import Standing
from tui.study.grading import keep
from tui.study.rewrites import end
from tui.study.session import Session
from tui.study.targets import ExerciseTarget

NOON = datetime(2025, 6, 11, 12, tzinfo=UTC)
SOFTMAX = load_catalog().exercise("softmax")
ANSWER = (SOFTMAX.suite / "solution.py").read_text("utf-8")


def on(days: float) -> datetime:
    return NOON + timedelta(days=days)


def attempt(kind: Any, outcome: str, at: datetime, exercise: str = "softmax") -> Attempt:
    report = json.dumps(made_up_report(exercise, outcome == "passed").to_dict())
    return Attempt(exercise, kind, outcome, 1, 1, 0, at, b"", report)


@pytest.fixture
def session(small: Small) -> Iterator[Session]:
    with small.session() as opened:
        yield opened


def passed(session: Session, at: datetime, exercise: str = "weights") -> None:
    session.progress.record(attempt("submit", "passed", at, exercise))


def due(session: Session, days: float) -> list[str]:
    plan = plan_day(session.catalog, session.snapshot(on(days)), session.pace())
    return [task.id for task in plan if task.kind == "rewrite"]


@contextmanager
def rewriting(session: Session, exercise: str = "weights") -> Iterator[Any]:
    found = session.catalog.exercise(exercise)
    session.workspace.begin_rewrite(found)
    yield found
    assert not session.workspace.rewrite_file(found).exists()


def first_day(session: Session) -> int:
    return next(days for days in range(400) if due(session, days))


def test_what_is_passed_comes_back_after_some_days_and_then_less_often(session: Session) -> None:
    passed(session, NOON)
    with rewriting(session) as weights:
        end(session, weights, on(0.01))  # knows it already; the first date is that of the pass
    first = first_day(session)
    assert first > 3
    assert due(session, first + 30) == ["weights"]  # it waits
    with rewriting(session) as weights:
        end(session, weights, on(first))
    assert not due(session, first)
    assert first_day(session) - first > 2 * first


def test_what_is_given_up_comes_back_sooner_than_what_was_hard_than_what_was_easy(
    small: Small, session: Session
) -> None:
    waits = {}
    ways = {"weights": (0, False), "masks": (9, False), "lookup": (0, True)}
    for exercise, (failures, given_up) in ways.items():
        passed(session, NOON, exercise)
        with rewriting(session, exercise) as found:
            for number in range(failures):
                at = on(10 + number / 1000)
                session.progress.record(attempt("rewrite", "failed", at, exercise))
            end(session, found, on(10.1), given_up)
    schedules = session.progress.rewrites.schedules()
    waits = {exercise: schedules[exercise].due for exercise in ways}
    assert waits["lookup"] < waits["masks"] < waits["weights"]


def test_a_few_saves_of_a_half_written_file_are_no_failure_of_memory(session: Session) -> None:
    for exercise, failures in (("weights", 0), ("masks", 2)):
        passed(session, NOON, exercise)
        for number in range(failures):
            at = on(10 + number / 1000)
            session.progress.record(attempt("rewrite", "failed", at, exercise))
        with rewriting(session, exercise) as found:
            end(session, found, on(10.1))
    weights, masks = (session.progress.rewrites.schedules()[id] for id in ("weights", "masks"))
    assert weights.due == masks.due


def test_the_pass_stays_and_is_the_only_one(session: Session) -> None:
    passed(session, NOON)
    before = session.progress.standing(), session.progress.best_scores()
    source = session.progress.passed_source("weights")
    for outcome in ("failed", "passed"):
        report = made_up_report("weights", outcome == "passed")
        submission = Submission("weights", b"other")
        session.workspace.begin_rewrite(session.catalog.exercise("weights"))
        assert not keep(session, submission, "rewrite", report)
    assert (session.progress.standing(), session.progress.best_scores()) == before
    assert session.progress.passed_source("weights") == source


def test_a_mistake_that_is_made_again_is_one(session: Session) -> None:
    passed(session, NOON)
    keep(session, Submission("weights", b""), "rewrite", made_up_report("weights", False))
    (mistake,) = session.progress.mistakes.all(on(4000))
    assert (mistake.exercise, mistake.name) == ("weights", "last")


def test_what_was_passed_before_there_were_schedules_comes_back_too(session: Session) -> None:
    passed(session, NOON)
    passed(session, on(100), "masks")
    report = made_up_report("lookup", True)
    assert not keep(session, Submission("lookup", b""), "submit", report)
    assert set(session.progress.rewrites.schedules()) == {"weights", "masks", "lookup"}


def test_it_travels_with_the_progress_file(small: Small, session: Session, tmp_path: Path) -> None:
    from tui.progress.transfer import export, take_in

    passed(session, NOON)
    with rewriting(session) as weights:
        session.progress.record(attempt("rewrite", "failed", on(1), "weights"))
        end(session, weights, on(2))
    export(session.progress.database, tmp_path / "moved.db")
    with Progress(tmp_path / "other.db") as other:
        take_in(other.database, tmp_path / "moved.db")
        assert other.rewrites.schedules() == session.progress.rewrites.schedules()
        assert other.rewrites.rewritten_on(on(2)) == {"weights": on(2).date()}
        assert take_in(other.database, tmp_path / "moved.db") == 0


# the plan


def facts_of(catalog: Catalog, days: int, now: datetime) -> Any:
    """All of the course is passed, and comes back over so many days."""
    everything = frozenset(exercise.id for exercise in catalog.exercises)
    known = snapshot(catalog, summaries(catalog), Facts(now, standing=Standing(everything)))
    comes_back = {
        exercise.id: known.today + timedelta(days=number % days)
        for number, exercise in enumerate(catalog.exercises)
    }
    return replace(known, comes_back=comes_back)


@pytest.mark.parametrize("minutes", [2, 5, 15, 40])
def test_on_average_it_takes_no_more_than_its_minutes(minutes: int) -> None:
    """One that is longer than they are comes alone, after days without any."""
    catalog = load_catalog()
    pace = Pace(rewrite_minutes=minutes)
    done: list[str] = []
    total, longest = 0.0, max(estimates.rewrite(exercise) for exercise in catalog.exercises)
    for number, (day, _) in enumerate(days_from(catalog, facts_of(catalog, 20, NOON), pace)):
        again = [task for task in day.tasks if task.kind == "rewrite"]
        spent = sum(task.minutes for task in again)
        assert spent <= minutes or len(again) == 1
        assert day.minutes - spent <= pace.minutes
        total += spent
        assert total <= minutes * (number + 1) + longest
        done += [task.id for task in again]
        if number == 700:
            break
    assert set(done) == {exercise.id for exercise in catalog.exercises}  # none waits for ever


def test_none_of_it_comes_where_no_minutes_are_set_for_it() -> None:
    catalog = load_catalog()
    known = facts_of(catalog, 1, NOON)
    kinds = [task.kind for task in plan_day(catalog, known, Pace(rewrite_minutes=0))]
    assert "rewrite" not in kinds
    assert "rewrite" in [task.kind for task in plan_day(catalog, known, Pace())]


def test_the_course_goes_on_beside_it() -> None:
    """It is not paid for with the minutes of the course."""
    catalog = load_catalog()
    known = snapshot(catalog, summaries(catalog), Facts(NOON))
    ends = [course_plan(catalog, known, Pace(rewrite_minutes=minutes)).ends for minutes in (0, 20)]
    assert ends[0] and ends[0] == ends[1]


def test_it_counts_as_half_of_the_exercise(session: Session) -> None:
    passed(session, NOON)
    with rewriting(session) as weights:
        end(session, weights, on(10))
    known = session.snapshot(on(10))
    assert known.rewritten == estimates.exercise(weights) / 2


# the command


@pytest.fixture
def softmax(learn: Callable[..., Any], workspace: Path) -> Path:
    """The file of an exercise that was passed."""
    with Progress(workspace / ".learn" / "progress.db") as progress:
        progress.record(attempt("submit", "passed", datetime.now(UTC) - timedelta(days=90)))
    return workspace / "ch01_attention" / "softmax.py"


def test_from_the_empty_stub_to_the_next_date(learn: Callable[..., Any], softmax: Path) -> None:
    softmax.write_text("my first answer")
    again = softmax.with_name("softmax_rewrite.py")
    assert learn("rewrite", "softmax").returncode == 0
    assert again.read_text() == SOFTMAX.stub.read_text()
    assert learn("rewrite").returncode == 1  # what has begun is what is meant
    again.write_text(ANSWER)
    said = learn("rewrite", "softmax")
    assert said.returncode == 0 and "You still know it. It comes back on" in said.stdout
    assert "workspace/.learn/backups" in said.stdout
    assert "solution" not in said.stdout, "ours would be compared with the first answer"
    assert not again.exists()
    (kept,) = (softmax.parents[1] / ".learn" / "backups" / "ch01_attention").iterdir()
    assert kept.read_text() == ANSWER
    assert softmax.read_text() == "my first answer"


def test_the_first_answer_cannot_be_borrowed(learn: Callable[..., Any], softmax: Path) -> None:
    """By an import of it, which would be no memory."""
    softmax.write_text(ANSWER)
    learn("rewrite", "softmax")
    softmax.with_name("softmax_rewrite.py").write_text("from softmax import softmax\n")
    assert learn("rewrite", "softmax").returncode == 1


def test_giving_up_and_what_is_not_there_to_be_given_up(
    learn: Callable[..., Any], softmax: Path
) -> None:
    assert "`learn rewrite softmax` does" in learn("rewrite", "--give-up", "softmax").stderr
    learn("rewrite", "softmax")
    said = learn("rewrite", "--give-up").stdout
    assert "It comes back on" in said and "learn solution softmax" in said
    assert not softmax.with_name("softmax_rewrite.py").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("soft_lookup",), "You have not passed soft_lookup yet"),
        (("nonsense",), "nonsense"),
    ],
)
def test_what_cannot_be_rewritten(
    learn: Callable[..., Any], workspace: Path, arguments: tuple[str, ...], says: str
) -> None:
    said = learn("rewrite", *arguments)
    assert said.returncode == 2 and says in said.stderr
    assert not list(workspace.rglob("*_rewrite.py"))


def test_nothing_that_comes_back_is_no_error(learn: Callable[..., Any], workspace: Path) -> None:
    done = learn("rewrite")
    assert (done.returncode, done.stderr) == (0, "") and "No code comes back today" in done.stdout
    assert json.loads(learn("rewrite", "--json").stdout) == {"exercise": None}


def test_the_list_says_what_comes_when(learn: Callable[..., Any], softmax: Path) -> None:
    assert "Nothing yet" in learn("rewrite", "--list").stdout
    learn("rewrite", "softmax")
    learn("rewrite", "--give-up")
    (entry,) = json.loads(learn("rewrite", "--list", "--json").stdout)["rewrites"]
    assert entry["exercise"] == "softmax" and date.fromisoformat(entry["comes_back"])
    assert SOFTMAX.title in learn("rewrite", "--list").stdout


# the app


def test_it_is_written_in_the_app_and_put_away_when_it_passes(small: Small) -> None:
    with small.session() as session:
        passed(session, NOW.astimezone(UTC) - timedelta(days=60))
    file = small.workspace.rewrite_file(small.catalog.exercise("weights"))

    async def script(pilot: Pilot) -> None:
        pilot.app.action_go("exercise", ExerciseTarget("weights", rewrite=True))  # type: ignore[attr-defined]
        await settled(pilot)
        assert "again, from memory" in text(pilot) and file.exists()
        await pilot.pause(0.5)  # longer than the news of a save takes
        await settled(pilot)
        assert "From memory: write" in text(pilot) and not small.grader.graded
        file.write_text("wrong")
        await press(pilot, "r")
        assert "gives it up" in text(pilot)
        file.write_text("right")
        await press(pilot, "r")
        assert "You still know it" in text(pilot) and not file.exists()
        assert "again, from memory" not in text(pilot)

    small.drive(script, WIDE)
    assert small.workspace.file(small.catalog.exercise("weights")).read_text() != "right"


def test_a_look_at_ours_gives_it_up_and_is_asked_for_twice(small: Small, tmp_path: Path) -> None:
    with small.session() as session:
        passed(session, NOW.astimezone(UTC) - timedelta(days=60))
    weights = small.catalog.exercise("weights")
    file = small.workspace.rewrite_file(weights)

    async def script(pilot: Pilot) -> None:
        pilot.app.action_go("exercise", ExerciseTarget("weights", rewrite=True))  # type: ignore[attr-defined]
        await settled(pilot)
        await press(pilot, "o")
        (note,) = pilot.app._notifications
        assert "once more" in note.message and file.exists()
        await press(pilot, "o")
        assert not file.exists()
        await press(pilot, "escape")
        await opened(pilot)
        assert "again, from memory" not in text(pilot)

    small.drive(script)
    with small.session() as session:
        assert session.progress.rewrites.schedules()["weights"].lapses == 1
