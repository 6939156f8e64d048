"""`learn status`: how far the learner is."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from exercises.catalog import Chapter, Exercise
from exercises.wrapping import wrap
from tui.commands.arguments import json_option
from tui.output import print_json, print_message, width
from tui.planning.unlocking import cleared, current_exercise, is_unlocked
from tui.progress.progress import Score
from tui.study.clock import local_now
from tui.study.daily_cards import todays_cards
from tui.study.handing_in import tell_handed_in
from tui.study.session import Session, open_session_to_look
from tui.text.words import fitted

NEW = timedelta(days=7)
BAR_WIDTH, NAME_WIDTH = 10, 36
# Words, not colours alone, carry the state.
COLOURS = {"passed": "green", "current": "cyan", "open": None, "locked": "bright_black"}


@dataclass(frozen=True)
class ExerciseStatus:
    id: str
    title: str
    state: str
    score: Score | None
    needs: tuple[str, ...]
    needs_titles: tuple[str, ...]


@dataclass(frozen=True)
class ChapterStatus:
    id: str
    number: int
    title: str
    topics_read: int
    topics: int
    tested_out: bool
    passed: int
    exercises: tuple[ExerciseStatus, ...]


@click.command("status")
@click.option("--all", "show_all", is_flag=True, help="List the exercises of every chapter.")
@json_option
def status_command(show_all: bool, as_json: bool) -> int:
    """Show chapters, exercises and points."""
    with open_session_to_look() as session:
        chapters = _status(session)
        cards = todays_cards(session, local_now())
        exit_code = tell_handed_in(session.workspace)
        at_class, says = _at_class(session)
    if as_json:
        found = {
            "chapters": [asdict(chapter) for chapter in chapters],
            "cards": {"due": cards.repeats, "new": len(cards.new)},
        }
        print_json(found | ({"class": at_class} if at_class else {}))
        return exit_code
    for chapter in chapters:
        _print_chapter(chapter)
        if show_all or any(exercise.state == "current" for exercise in chapter.exercises):
            id_width = max((len(exercise.id) for exercise in chapter.exercises), default=0)
            for exercise in chapter.exercises:
                _print_exercise(exercise, id_width)
    _print_total(chapters)
    click.echo(f"Cards today: {cards.repeats} due, {len(cards.new)} new.")
    if says:
        print_message(says)
    return exit_code


def _status(session: Session) -> list[ChapterStatus]:
    standing = session.progress.standing()
    scores = session.progress.best_scores()
    done = cleared(session.catalog, standing)
    current = current_exercise(session.catalog, standing)
    read = session.catalog.topics_in(standing.read)
    tested_out = session.catalog.topics_in(standing.tested_out)

    def of_exercise(exercise: Exercise) -> ExerciseStatus:
        needs = tuple(need for need in exercise.needs if need not in done)
        return ExerciseStatus(
            id=exercise.id,
            title=exercise.title,
            state=_state(exercise, current, standing.passed, done),
            score=scores.get(exercise.id),
            needs=needs,
            needs_titles=tuple(session.catalog.exercise(need).title for need in needs),
        )

    def of_chapter(chapter: Chapter) -> ChapterStatus:
        exercises = tuple(of_exercise(exercise) for exercise in chapter.exercises)
        return ChapterStatus(
            id=chapter.id,
            number=chapter.number,
            title=chapter.title,
            topics_read=sum(topic.id in read for topic in chapter.topics),
            topics=len(chapter.topics),
            tested_out=tested_out.issuperset(topic.id for topic in chapter.topics),
            passed=sum(exercise.id in standing.passed for exercise in chapter.exercises),
            exercises=exercises,
        )

    return [of_chapter(chapter) for chapter in session.catalog.chapters]


def _at_class(session: Session) -> tuple[dict[str, Any], str]:
    """What the class that the learner has joined has of them, and in words; else nothing."""
    state = session.workspace.state
    if not session.workspace.class_file.exists():
        return {}, ""
    from tui.study.class_server import ClassServerError, joined
    from tui.study.outbox import waiting

    try:
        found = joined(state).status()
        says = _class_in_words(found)
    except ClassServerError as error:
        found, says = {}, f"Your class: {error}"
    except (KeyError, TypeError, ValueError):
        found, says = {}, "Your class's server is of another version."
    if unsent := len(waiting(state)):
        says += f" Not sent yet: {unsent}; the next `learn status` tries again."
    return found, says


def _class_in_words(found: dict[str, Any]) -> str:
    latest: dict[str, str] = {}
    for one in found["hand_ins"]:
        latest.setdefault(one["exercise"], one["outcome"] or one["progress"] or one["state"])
    score = "no grade yet" if found["score"] is None else f"{found['score']:g}"
    due = f", due {datetime.fromisoformat(found['due']):%Y-%m-%d %H:%M %Z}" if found["due"] else ""
    told = "; ".join(f"{exercise} {state}" for exercise, state in latest.items())
    said = f"{found['class']}: {score} of {found['max_score']:g} points{due}. {told}".rstrip()
    return "\n".join(
        [said, *_regraded(found), *_disputed(found), *_on_leaderboard(found.get("leaderboard"))]
    )


def _regraded(found: dict[str, Any]) -> Iterator[str]:
    """What is new; the page of the class keeps all of it."""
    now = local_now()
    for one in found.get("regraded", ()):
        at = datetime.fromisoformat(one["at"]).astimezone(now.tzinfo)
        if now - at < NEW:
            yield f"{at:%Y-%m-%d}: {one['says']}".replace("\n", "\n  ")


def _disputed(found: dict[str, Any]) -> Iterator[str]:
    """What is open, and what was decided of late."""
    now = local_now()
    for one in found.get("disputes", ()):
        what = f"hand-in {one['hand_in']} ({one['exercise']})"
        if one["decided_at"] is None:
            yield f"Your dispute of {what} is open."
        elif now - datetime.fromisoformat(one["decided_at"]) < NEW:
            yield f"Your dispute of {what} is {one['state']}: {one['answer']}"


def _on_leaderboard(found: dict[str, Any] | None) -> Iterator[str]:
    if found and not found["stays_out"]:
        yield (
            f"You are on its leaderboard as {found['known_as']};"
            " `learn leave --leaderboard` takes you off it."
        )


def _state(
    exercise: Exercise, current: Exercise | None, passed: frozenset[str], done: frozenset[str]
) -> str:
    if exercise.id in passed:
        return "passed"
    if exercise == current:
        return "current"
    return "open" if is_unlocked(exercise, done) else "locked"


def _print_chapter(chapter: ChapterStatus) -> None:
    total = len(chapter.exercises)
    filled = BAR_WIDTH * chapter.passed // total if total else 0
    bar = "█" * filled + "░" * (BAR_WIDTH - filled)
    read = f"{chapter.topics_read}/{chapter.topics} topics read"
    read = "tested out" if chapter.tested_out else read
    title = f"{fitted(chapter.title, NAME_WIDTH):<{NAME_WIDTH}}"
    name = click.style(f"{chapter.number:>2}  {title}", bold=True)
    click.echo(f"{name}  {bar}  {chapter.passed}/{total}  {read}")


def _print_exercise(exercise: ExerciseStatus, id_width: int) -> None:
    state = click.style(f"{exercise.state:<8}", fg=COLOURS[exercise.state])
    text = exercise.title
    if exercise.state == "locked":
        text += f"; needs {', '.join(exercise.needs)}"
    if exercise.score:
        text += f"  {exercise.score.points:g}/{exercise.score.max_points:g} points"
    first = f"    {state} {exercise.id:<{id_width}}  "
    indent = " " * len(click.unstyle(first))  # colours take no room
    lines = "\n".join(wrap(text, width(), indent))
    click.echo(first + lines[len(indent) :])


def _print_total(chapters: list[ChapterStatus]) -> None:
    exercises = [exercise for chapter in chapters for exercise in chapter.exercises]
    passed = sum(chapter.passed for chapter in chapters)
    points = sum(exercise.score.points for exercise in exercises if exercise.score)
    click.echo(f"{passed} of {len(exercises)} exercises passed, {points:g} points.")
