"""A lesson as it is being read: where the learner is, what is asked there, and what is kept.

All functions of a session run where the session lives: on the session's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from exercises.catalog import CatalogError, Chapter
from exercises.errors import CourseError
from exercises.lesson import load_lesson, sections
from quizzes.bank import load_bank
from quizzes.questions.question import Asked, Question, Verdict
from tui.progress.answers import Answer
from tui.study.lesson_questions import check_after
from tui.study.session import NothingOpen, Session
from tui.text.lesson_pages import LessonStep, find, steps


class UnknownPlace(CourseError):
    exit_code = 2

    def __init__(self, target: str) -> None:
        super().__init__(f"There is no lesson or section {target}.")


@dataclass
class LessonReading:
    """`answered` holds what was answered in this reading: a question's id by the step."""

    chapter: Chapter
    steps: tuple[LessonStep, ...]
    questions: tuple[Question, ...]
    right: set[str]
    at: int
    seed: int
    answered: dict[int, str] = field(default_factory=dict)

    @property
    def step(self) -> LessonStep:
        return self.steps[self.at]

    @property
    def is_last(self) -> bool:
        return self.at == len(self.steps) - 1

    @property
    def question(self) -> Asked | None:
        """The question to put after this step; None where it was answered on this way.

        To look is to change nothing: only an answer counts as having been asked.
        """
        if self.at in self.answered:
            return None
        question = check_after(self.steps, self.at, self.questions, self.right, self.answered)
        return question.draw(self.seed) if question else None

    def take(self, id: str, verdict: Verdict) -> None:
        """The question after this step was answered. Another one, or a repeat, has new numbers."""
        self.answered[self.at] = id
        self.seed += 1
        if verdict.right:
            self.right.add(id)


def open_lesson(session: Session, target: str | None) -> LessonReading:
    """`target` is a chapter's id, a section's anchor or a step's id; None goes on reading."""
    chapter, step = _place(session, target)
    found = steps(load_lesson(chapter.lesson)) if chapter.lesson.exists() else ()
    if not found:
        raise CatalogError(chapter.lesson, "is missing; this chapter has no lesson yet")
    answers = session.progress.answers
    return LessonReading(
        chapter=chapter,
        steps=found,
        questions=load_bank(session.catalog).chapter(chapter.id).questions,
        right={id for id, answer in answers.latest().items() if answer.right},
        at=find(found, step) if step else 0,
        seed=answers.count(),
    )


def keep_place(lesson: LessonReading, at: datetime) -> Callable[[Session], None]:
    chapter, step = lesson.chapter.id, lesson.step.id
    return lambda session: session.progress.bookmarks.put(chapter, step, at)


def finish(lesson: LessonReading, at: datetime) -> Callable[[Session], None]:
    """The chapter is read; whoever reads it again begins at the beginning."""

    def keep(session: Session) -> None:
        session.progress.mark_read(lesson.chapter.id, at)
        session.progress.bookmarks.put(lesson.chapter.id, lesson.steps[0].id, at)

    return keep


def answer(
    lesson: LessonReading, asked: Asked, typed: str, at: datetime
) -> Callable[[Session], Verdict]:
    """Raises BadAnswer, and keeps nothing, where `typed` has not the form of an answer."""

    def check(session: Session) -> Verdict:
        verdict = asked.check(typed)
        kept = Answer(asked.question.id, asked.seed, typed, verdict.right, "lesson", at)
        session.progress.answers.record(kept)
        lesson.take(asked.question.id, verdict)
        return verdict

    return check


def _place(session: Session, target: str | None) -> tuple[Chapter, str | None]:
    catalog, bookmarks = session.catalog, session.progress.bookmarks
    if target is None:
        chapter = _being_read(session)
        return chapter, bookmarks.step(chapter.id)
    for chapter in catalog.chapters:
        if chapter.id == target:
            return chapter, bookmarks.step(chapter.id)
    anchor = target.partition("/")[0]
    for chapter in catalog.chapters:
        if any(section.anchor == anchor for section in sections(chapter)):
            return chapter, target
    raise UnknownPlace(target)


def _being_read(session: Session) -> Chapter:
    """The chapter with the latest bookmark, until it is read; then the one to read next."""
    latest = session.progress.bookmarks.latest()
    if latest and latest not in session.progress.standing().read:
        return session.catalog.chapter(latest)
    try:
        return session.chapter(None)
    except NothingOpen:
        return session.catalog.chapters[0]
