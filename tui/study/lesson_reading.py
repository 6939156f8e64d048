"""A lesson as it is being read: where the learner is, what is asked there, and what is kept.

All functions of a session run where the session lives: on the session's thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from exercises.catalog import CatalogError, Chapter, Topic
from exercises.errors import CourseError
from exercises.lesson import load_lesson, sections
from quizzes.bank import load_bank
from quizzes.questions.question import Asked, Question, Verdict
from tui.planning.describe import Step
from tui.progress.answers import Answer
from tui.study.lesson_questions import check_after
from tui.study.session import NothingOpen, Session
from tui.study.targets import LessonTarget
from tui.text.lesson_pages import LessonStep, find, steps


class UnknownPlace(CourseError):
    exit_code = 2

    def __init__(self, target: str) -> None:
        super().__init__(f"There is no lesson or section {target}.")


@dataclass
class LessonReading:
    """`seen` are the steps that were ever on the screen, `answered` holds what was answered in this
    reading: a question's id by the step.
    """

    chapter: Chapter
    steps: tuple[LessonStep, ...]
    questions: tuple[Question, ...]
    right: set[str]
    seen: set[str]
    at: int
    seed: int
    answered: dict[int, str] = field(default_factory=dict)

    @property
    def step(self) -> LessonStep:
        return self.steps[self.at]

    @property
    def topic(self) -> Topic:
        """The one that this step belongs to."""
        return next(topic for topic in self.chapter.topics if topic.id == self.step.topic)

    @property
    def place(self) -> tuple[int, int]:
        """Which step of its topic this is, counted from 1, and of how many."""
        own = self._of_topic()
        return own.index(self.at) + 1, len(own)

    @property
    def ends_topic(self) -> bool:
        return self.at == self._of_topic()[-1]

    @property
    def is_last(self) -> bool:
        return self.at == len(self.steps) - 1

    @property
    def unseen(self) -> int:
        """How many steps of this topic were never on the screen."""
        return sum(self.steps[place].id not in self.seen for place in self._of_topic())

    @property
    def question(self) -> Asked | None:
        """The question to put after this step; None where it was answered on this way.

        To look is to change nothing: only an answer counts as having been asked.
        """
        if self.at in self.answered:
            return None
        question = check_after(self.steps, self.at, self.questions, self.right, self.answered)
        return question.draw(self.seed) if question else None

    def is_return(self, question: Question) -> bool:
        """Whether it was asked after another step before, and not known there."""
        return any(id == question.id and at != self.at for at, id in self.answered.items())

    def again(self, question: Question) -> Asked:
        """A second try, with other numbers or in another order."""
        return question.draw(self.seed)

    def take(self, id: str, verdict: Verdict) -> None:
        """The question after this step was answered. Another one, or a repeat, has new numbers."""
        self.answered[self.at] = id
        self.seed += 1
        if verdict.right:
            self.right.add(id)

    def _of_topic(self) -> list[int]:
        return [at for at, step in enumerate(self.steps) if step.topic == self.step.topic]


def open_lesson(session: Session, target: LessonTarget | None) -> LessonReading:
    """Without a target: where reading goes on."""
    chapter, step = _place(session, target)
    found = _steps(chapter)
    if not found:
        raise CatalogError(chapter.lesson, "is missing; this chapter has no lesson yet")
    answers = session.progress.answers
    return LessonReading(
        chapter=chapter,
        steps=found,
        questions=load_bank(session.catalog).chapter(chapter.id).questions,
        right={id for id, answer in answers.latest().items() if answer.right},
        seen=set(session.progress.bookmarks.seen(chapter.id)),
        at=find(found, step, target.mistake if target else "") if step else 0,
        seed=answers.count(),
    )


def reading_place(session: Session, topic: str) -> tuple[int, int]:
    """At which of its steps a topic goes on, counted from 1, and of how many; without parsing what
    is asked about it."""
    own, at = _reached(session, topic)
    return at, len(own)


def keep_place(lesson: LessonReading, at: datetime) -> Callable[[Session], None]:
    """This step is on the screen."""
    chapter, step = lesson.chapter.id, lesson.step.id
    lesson.seen.add(step)
    return lambda session: session.progress.bookmarks.put(chapter, step, at)


def finish_topic(lesson: LessonReading, now: datetime) -> Callable[[Session], Step]:
    """What comes next. The topic is read now, if all of it was on the screen."""
    topic = "" if lesson.unseen else lesson.topic.id

    def keep(session: Session) -> Step:
        if topic:
            session.progress.mark_read(topic, now)
        return session.next_step(now)

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


def _place(session: Session, target: LessonTarget | None) -> tuple[Chapter, str | None]:
    """A chapter, and the step or the section to begin at."""
    catalog = session.catalog
    if target is None:
        chapter = _being_read(session)
        return chapter, _where_it_stopped(session, chapter)
    for chapter in catalog.chapters:
        if chapter.id == target.id:
            return chapter, _where_it_stopped(session, chapter)
    anchor = target.id.partition("/")[0]
    for chapter in catalog.chapters:
        if any(section.anchor == anchor for section in sections(chapter)):
            return chapter, _furthest(session, target.id) if target.resume else target.id
    raise UnknownPlace(target.id)


def _being_read(session: Session) -> Chapter:
    """The chapter with the latest bookmark, until it is read; then the one to read next."""
    latest = session.progress.bookmarks.latest()
    if latest and _unread(session, session.catalog.chapter(latest)):
        return session.catalog.chapter(latest)
    try:
        return session.chapter(None)
    except NothingOpen:
        return session.catalog.chapters[0]


def _where_it_stopped(session: Session, chapter: Chapter) -> str | None:
    """The rest of the topic that was begun. A look back at what is read leaves that as it was."""
    unread = _unread(session, chapter)
    bookmark = session.progress.bookmarks.step(chapter.id)
    found = _steps(chapter)
    if not unread or not found:
        return None
    here = [found[find(found, bookmark)].topic] if bookmark else []
    seen = session.progress.bookmarks.seen(chapter.id)
    begun = [step.topic for step in found if step.id in seen]
    topic = next(topic for topic in (*here, *begun, *unread) if topic in unread)
    return _furthest(session, topic)


def _furthest(session: Session, topic: str) -> str:
    """The step at which a topic goes on."""
    own, at = _reached(session, topic)
    return own[at - 1] if own else topic


def _reached(session: Session, topic: str) -> tuple[list[str], int]:
    """A topic's steps, and which is the last that was on the screen with all before it; the first
    where none was. Counted from 1."""
    chapter, _ = session.catalog.topics[topic]
    own = [step.id for step in _steps(chapter) if step.topic == topic]
    seen = session.progress.bookmarks.seen(chapter.id)
    return own, max(1, len(list(takewhile(seen.__contains__, own))))


def _steps(chapter: Chapter) -> tuple[LessonStep, ...]:
    return steps(load_lesson(chapter.lesson), chapter) if chapter.lesson.exists() else ()


def _unread(session: Session, chapter: Chapter) -> list[str]:
    read = session.catalog.topics_in(session.progress.standing().read)
    return [topic.id for topic in chapter.topics if topic.id not in read]
