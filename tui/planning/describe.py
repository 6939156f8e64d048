"""A task in words: what it is, why it comes now, and the command that does it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.catalog import Catalog, Chapter, Exercise
from exercises.words import plural
from quizzes.questions.sitting import SITTING
from tui.planning.snapshot import Snapshot
from tui.planning.tasks import Task, TaskKind
from tui.progress.records import Standing

BEYOND = "Today's plan is done. This is for when you want more. "


@dataclass(frozen=True)
class Step:
    """One thing to do. `minutes` are for this day, of the `estimate` of all that is left of it.

    `count` says how many questions a quiz has, or how many mistakes come back; `testout`, which
    chapter one may test out of instead, if any; `beyond`, whether the day's plan is done without.
    """

    kind: TaskKind
    id: str
    title: str
    summary: str
    reason: str
    command: str
    minutes: float = 0.0
    estimate: float = 0.0
    count: int = 0
    testout: str = ""
    beyond: bool = False


def worded(catalog: Catalog, snapshot: Snapshot, task: Task) -> Step:
    words = WORDS[task.kind](catalog, snapshot, task)
    title, summary, reason, command = words
    if task.beyond:
        reason = BEYOND + reason
    count = task.count if task.kind in ("quiz", "mistakes") else 0
    return Step(
        *(task.kind, task.id, title, summary, reason, command, task.minutes, task.estimate, count),
        testout=_testout(catalog, snapshot, task),
        beyond=task.beyond,
    )


def _testout(catalog: Catalog, snapshot: Snapshot, task: Task) -> str:
    """A chapter of which nothing has been read may be known already."""
    if task.kind != "reading":
        return ""
    chapter, _ = catalog.topics[task.id]
    begun = snapshot.standing.read.intersection(topic.id for topic in chapter.topics)
    return "" if begun or not snapshot.quizzes[chapter.id].total else _short(chapter)


def time_of(step: Step) -> str:
    """`about 25 minutes`, or how much of it is for today."""
    whole, part = max(1, round(step.estimate)), max(1, round(step.minutes))
    if part < whole:
        return f"{part} of about {whole} minutes today"
    return f"about {plural(whole, 'minute')}"


Words = tuple[str, str, str, str]


def _review(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    counts = [f"{task.due} due"] if task.due else []
    counts += [f"{task.new} new"] if task.new else []
    is_part = task.due + task.new < task.count
    later = snapshot.cards.repeats(snapshot.today) - task.due
    reason = "Due cards come first." if task.due else "Cards are met from the day after reading."
    if later:
        reason += f" {later} more can wait: a day holds only so many."
    return (
        f"Flashcards: {', '.join(counts)}",
        "What you remember is asked again just before you would forget it.",
        reason,
        f"learn review --limit {task.due + task.new}" if is_part else "learn review",
    )


def _mistakes(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    return (
        f"{plural(task.count, 'mistake')} to meet again",
        "What once went wrong, in another form: can you see it now?",
        "A mistake comes back when it is nearly forgotten, until you have avoided it twice.",
        "learn mistakes",
    )


def _rewrite(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    exercise = catalog.exercise(task.id)
    return (
        f"{exercise.title}, from memory",
        exercise.summary,
        "You have passed it. Code that is written again just before one forgets it, stays.",
        f"learn rewrite {exercise.id}",
    )


def _reading(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    chapter, topic = catalog.topics[task.id]
    place = chapter.topics.index(topic)
    reason = f"Topic {place + 1} of {len(chapter.topics)} in chapter {chapter.number}."
    own = chapter.exercises_of(topic.id)
    if left := [each.title for each in own if each.id not in snapshot.standing.passed]:
        reason += f" Then you build it: {', '.join(left)}."
    summary = chapter.summary if not place else f"Chapter {chapter.number}: {chapter.title}."
    return topic.title, summary, reason, f"learn read {topic.id}"


def _quiz(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    chapter, quiz = catalog.chapter(task.id), snapshot.quizzes[task.id]
    titles = {topic.id: topic.title for topic in chapter.topics}
    missed = [titles.get(topic, topic) for topic in quiz.missed]
    if task.why == "failed" and quiz.last:
        reason = f"You answered some wrongly on {quiz.last:%A}, {quiz.last.day} {quiz.last:%B}."
        reason += " These come first, with new numbers."
    elif quiz.answered:
        reason = f"You have answered {quiz.answered} of its {quiz.total} questions so far."
    else:
        reason = f"You have gone through chapter {chapter.number}. Answering makes it stay."
    return (
        f"{plural(task.count, 'question')} on chapter {chapter.number}",
        f"Look again at: {'; '.join(missed)}." if missed else chapter.title + ".",
        reason,
        f"learn quiz {_short(chapter)}"
        + (f" --count {task.count}" if _is_cut(task, quiz.total) else ""),
    )


def _exercise(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    exercise = catalog.exercise(task.id)
    command = f"learn check --watch {exercise.id}"
    latest = snapshot.standing.latest
    if task.why != "turned to" or not latest:
        reason = _comes_next(catalog, exercise, snapshot.standing)
        if task.id not in snapshot.efforts:
            command = f"learn edit {exercise.id}"
    elif latest.outcome == "passed":
        reason = "Your last check passed. A submission, with fresh numbers, makes it count."
        command = f"learn submit {exercise.id}"
    elif latest.outcome:
        reason = "Your last attempt did not pass."
    else:
        reason = "You opened it, and have not checked it yet."
    return exercise.title, exercise.summary, reason, command


def _comes_next(catalog: Catalog, exercise: Exercise, standing: Standing) -> str:
    if exercise.topic == standing.just_read:
        reason = "It belongs to the topic that you read last."
    else:
        reason = f"It comes next in chapter {catalog.chapter(exercise.chapter).number}."
    if needs := [need for need in exercise.needs if need in standing.passed]:
        reason += f" You have passed what it builds on: {', '.join(needs)}."
    return reason


def _done(catalog: Catalog, snapshot: Snapshot, task: Task) -> Words:
    return (
        "You have passed every exercise",
        "The course has nothing new for you today. Cards come back when they are due.",
        "Solutions are open now: compare them with yours.",
        "learn status --all",
    )


def _is_cut(task: Task, total: int) -> bool:
    return task.count < min(SITTING, total)


def _short(chapter: Chapter) -> str:
    """`ch02`, as one types it."""
    return chapter.id.partition("_")[0]


WORDS = {
    "review": _review,
    "mistakes": _mistakes,
    "rewrite": _rewrite,
    "reading": _reading,
    "quiz": _quiz,
    "exercise": _exercise,
    "done": _done,
}
