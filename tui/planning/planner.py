"""What to do next, and in which order this day. Pure: all that it knows is in its arguments.

A day is planned by asking for the next task again and again, each time supposing that the one
before was done and went well (`after`). So the rest of the plan stays what it was as the learner
goes through it, and the same few rules make a day, a week and the course:

1. Cards that are due, then new ones. They take a third of a day at most, so that after a break the
   course goes on while the heap shrinks.
2. A quiz that failed, two days or more ago; one a day, the one that waited longest first.
3. Mistakes that come back, a few a day; a quiz has just brought some of them.
4. Code that comes back: exercises that were passed are written again, what has waited longest
   first. It has minutes of its own, beside those of the course, so that neither holds up the other.
5. The exercise that the learner turned to last; or, where they have read a topic since, whichever
   it was, what is built of that. After three days without a pass an exercise steps aside for a
   day, after each further one for a day more, and whatever else is open comes first.
6. The chapter that the learner works in, then the others in their order, topic by topic: what it
   says is read, then its exercises are done. A sitting of the chapter's questions comes when all
   its exercises are passed, one a day, so that the next chapter does not wait for them.

What is begun is finished the same day, and a rest that is too small for it is filled with
questions. Only the first topic or exercise of a day may be too long for it, and goes on the next
day. So no day holds more than its minutes, and cards and quizzes never stop the course.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from exercises.catalog import Catalog, Chapter, Exercise, Topic
from quizzes.cards.scheduling import portion
from tui.planning import estimates, tasks
from tui.planning.rewrites import rewrites_due
from tui.planning.simulate import after
from tui.planning.snapshot import Quiz, Snapshot
from tui.planning.tasks import ALL_DONE, Pace, Task
from tui.planning.unlocking import cleared, is_unlocked, unfinished

CARD_SHARE = 1 / 3
STUCK_DAYS = 3
# The least that a long task, and a round of questions, are begun for.
LEAST_MINUTES = 5.0
LEAST_QUESTIONS = 4


def plan_day(catalog: Catalog, snapshot: Snapshot, pace: Pace) -> tuple[Task, ...]:
    """What is left of this day, in order; empty when its minutes are used up."""
    return tuple(task for task, _ in walk_day(catalog, snapshot, pace))


def walk_day(catalog: Catalog, snapshot: Snapshot, pace: Pace) -> Iterator[tuple[Task, Snapshot]]:
    """Each task of this day, and where the learner stands after it."""
    while task := _next(catalog, snapshot, pace):
        snapshot = after(snapshot, task)
        yield task, snapshot


def next_task(catalog: Catalog, snapshot: Snapshot, pace: Pace) -> Task:
    """The one thing to do. When the day's plan is done, what is for a learner who wants more."""
    if task := _next(catalog, snapshot, pace):
        return task
    more = _left(catalog, snapshot)
    return replace(more, beyond=True) if more else ALL_DONE


def is_finished(catalog: Catalog, snapshot: Snapshot) -> bool:
    """Whether lessons, quizzes and exercises are done. Cards come for as long as one wants."""
    return not _left(catalog, snapshot)


def _left(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    """What there is to do, on whichever day."""
    for rule in (_work, _open_quiz, _rested, _failed_last):
        if task := rule(catalog, snapshot):
            return task
    return None


# the rules


def _next(catalog: Catalog, snapshot: Snapshot, pace: Pace) -> Task | None:
    left = pace.minutes - snapshot.spent
    if task := _cards(snapshot, pace, left):
        return task

    def fitting(*rules: Callable[[Catalog, Snapshot], Task | None]) -> Task | None:
        found = (task for rule in rules if (task := rule(catalog, snapshot)))
        pieces = (_piece(task, left, snapshot.worked) for task in found)
        return next((piece for piece in pieces if piece), None)

    return (
        fitting(_failed_quiz, _mistakes)
        or _rewrite(catalog, snapshot, pace)
        or fitting(_work, _open_quiz, _rested)
    )


def _piece(task: Task, left: float, worked: bool) -> Task | None:
    """As much of the task as fits; None where that is too little to begin with."""
    if task.estimate <= left:
        return task
    if task.kind == "quiz":
        count = int(left / estimates.QUESTION)
        minutes = count * estimates.QUESTION
        return replace(task, count=count, minutes=minutes) if count >= LEAST_QUESTIONS else None
    if task.kind == "mistakes":
        count = int(left / estimates.MISTAKE)
        return tasks.mistakes(count) if count else None
    return None if worked or left < LEAST_MINUTES else replace(task, minutes=left)


def _cards(snapshot: Snapshot, pace: Pace, left: float) -> Task | None:
    cards, limits = snapshot.cards, pace.limits
    done = estimates.cards(cards.done.due, cards.done.new)
    share = max(0.0, min(pace.minutes * CARD_SHARE - done, left))
    day = portion(cards.due.get(snapshot.today, 0), cards.fresh, cards.done, limits)
    # A card in its steps comes again within minutes: alone, no reason to break off an exercise.
    if not day.due + day.new + cards.rested:
        return None
    repeats = cards.learning + day.due
    due = min(repeats, int(share / estimates.DUE_CARD))
    share -= due * estimates.DUE_CARD
    new = min(day.new, int(share / estimates.NEW_CARD))
    if not due + new:
        return None
    minutes = estimates.cards(due, new)
    # `count` is what the day would hold without the share: there, the command needs no limit.
    return Task("review", "cards", "due", minutes, minutes, due, new, repeats + day.new)


def _failed_quiz(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    if snapshot.asked:
        return None
    waited = [
        (returns, chapter.number, chapter)
        for chapter in _chapters(catalog, snapshot)
        if (returns := snapshot.quizzes[chapter.id].returns_on) and returns <= snapshot.today
    ]
    return tasks.questions(snapshot, min(waited)[2], "failed") if waited else None


def _mistakes(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    return tasks.mistakes(snapshot.mistakes) if snapshot.mistakes > 0 else None


def _rewrite(catalog: Catalog, snapshot: Snapshot, pace: Pace) -> Task | None:
    """What waits longest, if the day has minutes for it. One that needs those of several days comes
    when the days before had none."""
    due = rewrites_due(snapshot.comes_back, snapshot.standing.passed, snapshot.today)
    if not due:
        return None
    minutes = pace.rewrite_minutes - snapshot.rewritten
    if minutes and not snapshot.rewritten:
        minutes *= (snapshot.today - (snapshot.rewrote_on or date.min)).days
    task = tasks.rewrite(catalog.exercise(due[0]))
    return task if task.estimate <= minutes else None


def _work(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    """The next topic, exercise or quiz."""
    passed = cleared(catalog, snapshot.standing)
    topic = snapshot.standing.just_read
    of_topic = _to_build(topic, catalog.exercises, snapshot, passed) if topic else None
    latest = unfinished(catalog, snapshot.standing)
    goes_on = latest and _is_in_hand(latest, snapshot, passed) and not _rests(latest, snapshot)
    if latest and goes_on and (of_topic is None or latest.topic == topic):
        return tasks.exercise(snapshot, latest, "turned to")
    if of_topic:
        return of_topic
    for chapter in _chapters(catalog, snapshot):
        if task := _of_chapter(chapter, snapshot, passed):
            return task
    return None


def _is_in_hand(latest: Exercise, snapshot: Snapshot, passed: frozenset[str]) -> bool:
    """A look at an exercise that is still locked is no reason to go on, unless its check passed."""
    turned_to = snapshot.standing.latest
    solved = turned_to is not None and turned_to.outcome == "passed"
    return solved or is_unlocked(latest, passed)


def _of_chapter(chapter: Chapter, snapshot: Snapshot, passed: frozenset[str]) -> Task | None:
    for topic in chapter.topics:
        if _is_to_be_read(topic, chapter, snapshot, passed):
            return tasks.reading(snapshot, topic)
        if task := _to_build(topic.id, chapter.exercises, snapshot, passed):
            return task
    is_built = _are_passed(chapter.exercises, passed)
    if is_built and not snapshot.asked and _is_open(snapshot.quizzes[chapter.id]):
        return tasks.questions(snapshot, chapter, "not asked")
    return None


def _to_build(
    topic: str, exercises: Iterable[Exercise], snapshot: Snapshot, passed: frozenset[str]
) -> Task | None:
    """The first open exercise of a topic's own sitting."""
    for exercise in exercises:
        is_open = exercise.id not in passed and is_unlocked(exercise, passed)
        if exercise.topic == topic and is_open and not _rests(exercise, snapshot):
            return tasks.exercise(snapshot, exercise, "open")
    return None


def _is_to_be_read(
    topic: Topic, chapter: Chapter, snapshot: Snapshot, passed: frozenset[str]
) -> bool:
    """A topic whose exercises are passed is not sent back to. Where there are none, all those of
    the chapter stand for them, as long as nothing of its lesson was read."""
    read = snapshot.standing.read
    if topic.id in read or topic.id in snapshot.standing.tested_out:
        return False
    own = chapter.exercises_of(topic.id)
    if not own and not any(other.id in read for other in chapter.topics):
        own = chapter.exercises
    return not own or not _are_passed(own, passed)


def _are_passed(exercises: Iterable[Exercise], passed: frozenset[str]) -> bool:
    return all(exercise.id in passed for exercise in exercises)


def _open_quiz(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    """Questions ahead of the exercises, of a chapter that was read."""
    behind = snapshot.standing.read | snapshot.standing.tested_out
    for chapter in _chapters(catalog, snapshot):
        is_read = all(topic.id in behind for topic in chapter.topics)
        is_built = _are_passed(chapter.exercises, snapshot.standing.passed)
        if (is_read or is_built) and _is_open(snapshot.quizzes[chapter.id]):
            return tasks.questions(snapshot, chapter, "not asked")
    return None


def _is_open(quiz: Quiz) -> bool:
    return not quiz.failed and quiz.answered < quiz.total


def _rested(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    """An exercise that has stepped aside, once there is nothing left that it could do so for."""
    passed = cleared(catalog, snapshot.standing)
    for exercise in catalog.exercises:
        if exercise.id not in passed and is_unlocked(exercise, passed):
            return tasks.exercise(snapshot, exercise, "open")
    return None


def _failed_last(catalog: Catalog, snapshot: Snapshot) -> Task | None:
    """A failed quiz, where nothing else is left to wait with."""
    for chapter in _chapters(catalog, snapshot):
        if not snapshot.quizzes[chapter.id].is_done:
            return tasks.questions(snapshot, chapter, "failed")
    return None


def _chapters(catalog: Catalog, snapshot: Snapshot) -> list[Chapter]:
    """Those that were not tested out of, the one that the learner works in first."""
    here = _chapter_in_hand(catalog, snapshot)
    behind = snapshot.standing.tested_out
    chapters = [c for c in catalog.chapters if not behind.issuperset(t.id for t in c.topics)]
    return sorted(chapters, key=lambda chapter: chapter.id != here)


def _chapter_in_hand(catalog: Catalog, snapshot: Snapshot) -> str | None:
    """That of the exercise turned to last. A look at a locked one turns no order around."""
    turned_to = snapshot.standing.latest
    latest = next((e for e in catalog.exercises if turned_to and e.id == turned_to.exercise), None)
    if not latest:
        return None
    passed = cleared(catalog, snapshot.standing)
    in_hand = latest.id in passed or _is_in_hand(latest, snapshot, passed)
    return latest.chapter if in_hand else None


def _rests(exercise: Exercise, snapshot: Snapshot) -> bool:
    effort = snapshot.efforts.get(exercise.id)
    if not effort or effort.days < STUCK_DAYS or effort.last == snapshot.today:
        return False
    return snapshot.today < effort.last + timedelta(days=effort.days - 1)
