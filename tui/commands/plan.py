"""`learn plan`: this week, and the course with its dates."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import click

from exercises.catalog import Catalog
from exercises.words import plural
from tui.commands.arguments import json_option
from tui.output import print_json, print_wrapped, width
from tui.planning.course_plan import (
    ChapterSpan,
    CoursePlan,
    Day,
    course_plan,
    pace_to_end_by,
    planned_end,
)
from tui.planning.tasks import Pace, Task
from tui.study.clock import local_now, still_yesterday
from tui.study.session import Session, open_session_to_look
from tui.text.words import fitted

STUDY_DAYS_IN_WORDS = {"daily": "every day", "weekdays": "on weekdays", "weekends": "on weekends"}
INDENT = " " * 14
LEAST_TITLE = 20
SPAN_WIDTH = 6 + 2 + 17 + 7  # of a chapter's line, without its title
OVERLAP = """Chapters overlap: the questions and the code of one go on for some days while the next\
 is read."""


@dataclass(frozen=True)
class Outlook:
    """`planned` is the end as it was foreseen on the day the learner `began`; `enough` is the pace
    that still ends then."""

    plan: CoursePlan
    pace: Pace
    today: date
    began: date | None
    planned: date | None
    enough: Pace | None = None

    @property
    def ahead(self) -> int | None:
        """Days; negative where the end has moved away."""
        if self.planned and self.plan.ends:
            return (self.planned - self.plan.ends).days
        return None


@click.command("plan")
@click.option("--weeks", type=click.IntRange(1, 52), help="Plan to be done in so many weeks.")
@json_option
def plan_command(weeks: int | None, as_json: bool) -> None:
    """Show this week, and when the course will be done.

    `learn settings minutes 45` and `learn settings days weekdays` change the pace.
    """
    with open_session_to_look() as session:
        outlook = _outlook(session, weeks)
        catalog = session.catalog
    if as_json:
        print_json(_as_json(outlook))
    else:
        _print(catalog, outlook, weeks)


class TooShort(click.UsageError):
    def __init__(self, weeks: int) -> None:
        super().__init__(f"What is left takes more than ten hours a day for --weeks {weeks}.")


def _outlook(session: Session, weeks: int | None) -> Outlook:
    now, pace, catalog = local_now(), session.pace(), session.catalog
    known = session.snapshot(now)
    if weeks:
        end = known.today + timedelta(weeks=weeks, days=-1)
        enough = pace_to_end_by(end, catalog, known, pace)
        if enough is None:
            raise TooShort(weeks)
        return Outlook(course_plan(catalog, known, enough), enough, known.today, None, None)
    began = session.progress.history.began(now)
    planned = planned_end(catalog, session.asks, began, pace) if began else None
    plan = course_plan(catalog, known, pace)
    still = None
    if planned and plan.ends and plan.ends > planned >= known.today:
        still = pace_to_end_by(planned, catalog, known, pace)
    return Outlook(plan, pace, known.today, began, planned, still)


def _as_json(outlook: Outlook) -> dict[str, Any]:
    plan = outlook.plan
    return {
        "today": outlook.today,
        "minutes_a_day": outlook.pace.minutes,
        "days": outlook.pace.days,
        "began": outlook.began,
        "ends": plan.ends,
        "planned_end": outlook.planned,
        "days_ahead": outlook.ahead,
        "week": [
            {"date": day.date, "minutes": day.minutes, "tasks": [_task(t) for t in day.tasks]}
            for day in plan.week
        ],
        "chapters": [
            {
                "id": span.chapter.id,
                "number": span.chapter.number,
                "title": span.chapter.title,
                "begins": span.begins,
                "ends": span.ends,
                "minutes_left": span.minutes,
            }
            for span in plan.spans
        ],
    }


def _task(task: Task) -> dict[str, Any]:
    counts = {"due": task.due, "new": task.new, "questions": task.count}
    if task.kind == "review":
        del counts["questions"]
    known = {name: count for name, count in counts.items() if count}
    return {"kind": task.kind, "id": task.id, "minutes": task.minutes, **known}


def _print(catalog: Catalog, outlook: Outlook, weeks: int | None) -> None:
    pace = outlook.pace
    click.secho(f"This week, {pace.minutes:g} minutes {STUDY_DAYS_IN_WORDS[pace.days]}", bold=True)
    if late := still_yesterday(local_now()):
        print_wrapped(late)
    told: set[str] = set()
    for day in outlook.plan.week:
        _print_day(catalog, day, day.date == outlook.today, told)
    click.secho("\nThe course", bold=True)
    spans = outlook.plan.spans
    room = max(LEAST_TITLE, width() - SPAN_WIDTH)
    title_width = min(room, max((len(span.chapter.title) for span in spans), default=0))
    for span in spans:
        _print_span(span, title_width)
    click.echo()
    if _overlap(spans):
        print_wrapped(OVERLAP)
    for sentence in _sentences(outlook, weeks):
        print_wrapped(sentence)


def _overlap(spans: Iterable[ChapterSpan]) -> bool:
    """Whether a chapter begins before the one before it ends."""
    ahead = [(span.begins, span.ends) for span in spans if span.begins]
    return any(
        ends and begins and begins < ends for (_, ends), (begins, _) in itertools.pairwise(ahead)
    )


def _print_day(catalog: Catalog, day: Day, is_today: bool, told: set[str]) -> None:
    """`told` are the exercises that were called by their titles."""
    name = "today" if is_today else f"{day.date:%a} {day.date.day} {day.date:%b}"
    text = ", ".join(_phrases(catalog, day.tasks, told)) or "free"
    print_wrapped(text, f"  {name:<12}", INDENT)


def _phrases(catalog: Catalog, tasks: Iterable[Task], told: set[str]) -> list[str]:
    """What a day holds; the questions of a chapter are counted together."""
    phrases: dict[str, str] = {}
    asked: dict[str, int] = {}
    for task in tasks:
        part = "" if task.minutes == task.estimate else " (a part)"
        if task.kind == "review":
            phrases[task.id] = plural(task.due + task.new, "card")
        elif task.kind == "mistakes":
            phrases[task.id] = plural(task.count, "mistake")
        elif task.kind == "quiz":
            number = catalog.chapter(task.id).number
            asked[task.id] = asked.get(task.id, 0) + task.count
            phrases[f"quiz {number}"] = f"{plural(asked[task.id], 'question')} on chapter {number}"
        elif task.kind == "rewrite":
            phrases[f"rewrite {task.id}"] = f"rewrite {_called(catalog, task.id, told)}"
        elif task.kind == "reading":
            phrases[task.id] = f"read {task.id}{part}"
        else:
            phrases[task.id] = f"{_called(catalog, task.id, told)}{part}"
    return list(phrases.values())


def _called(catalog: Catalog, id: str, told: set[str]) -> str:
    """An exercise by title and id at its first mention, by its id after that."""
    name = id if id in told else catalog.exercise(id).named
    told.add(id)
    return name


def _print_span(span: ChapterSpan, title_width: int) -> None:
    when = f"{_day(span.begins)} – {_day(span.ends)}" if span.begins else "done"
    hours = f"{span.minutes / 60:>5.1f} h" if span.minutes else ""
    title = fitted(span.chapter.title, title_width)
    line = f"  {span.chapter.number:>2}  {title:<{title_width}}  {when:<17}{hours}"
    click.echo(line.rstrip())


def _sentences(outlook: Outlook, weeks: int | None) -> Iterable[str]:
    ends, today = outlook.plan.ends, outlook.today
    if ends is None:
        yield "Lessons, quizzes and exercises are done. Cards come back when they are due."
        return
    days = (ends - today).days + 1
    span = plural(days, "day") if days < 14 else f"{round(days / 7)} weeks"
    yield f"At this pace the course is done on {ends:%A}, {_day(ends)}: {span}, today included."
    if weeks:
        minutes = f"{outlook.pace.minutes:g}"
        yield f"`learn settings minutes {minutes}` makes this your pace."
    elif outlook.ahead is not None and outlook.began and outlook.planned:
        yield from _compared(outlook.ahead, outlook.began, outlook.planned, outlook.enough)


def _compared(ahead: int, began: date, planned: date, enough: Pace | None) -> Iterable[str]:
    days = plural(abs(ahead), "day")
    if ahead == 0:
        yield f"That is as planned when you began on {_day(began)}."
    elif ahead > 0:
        yield f"That is {days} earlier than planned when you began on {_day(began)}."
    else:
        yield f"When you began on {_day(began)} it was {_day(planned)}: {days} earlier."
        if enough:
            yield f"{enough.minutes:g} minutes a day would still meet that date."


def _day(on: date | None) -> str:
    return f"{on.day} {on:%b}" if on else ""
