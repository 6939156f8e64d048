"""How much of a topic the learner has shown to know.

A topic's exercises, its questions and its cards count a third each, however many they are: one
exercise takes longer than a dozen cards. An exercise is known once a submission has passed, a
question if its last answer was right, a card if it is learnt and was not forgotten since. Nothing
is guessed: what was never asked is not known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from exercises.catalog import Catalog, Chapter, Exercise, Topic
from quizzes.bank import load_bank
from tui.planning.unlocking import cleared, is_unlocked
from tui.progress.records import Standing
from tui.study.session import Session

State = Literal["locked", "open", "passed", "mastered"]


@dataclass(frozen=True)
class Share:
    """How many of a kind are known, of how many."""

    known: int
    total: int


@dataclass(frozen=True)
class TopicMastery:
    chapter: Chapter
    topic: Topic
    exercises: Share
    questions: Share
    cards: Share

    @property
    def share(self) -> float:
        """From 0 to 1. A kind that the topic has none of does not count."""
        parts = [part for part in (self.exercises, self.questions, self.cards) if part.total]
        return sum(part.known / part.total for part in parts) / len(parts) if parts else 0.0


def topics(session: Session) -> tuple[TopicMastery, ...]:
    """Every topic of the course, in its order."""
    bank = load_bank(session.catalog)
    passed = session.progress.standing().passed
    right = {id for id, answer in session.progress.answers.latest().items() if answer.right}
    schedules = session.progress.reviews.schedules()
    learnt = {id for id, schedule in schedules.items() if schedule.state == "review"}
    found = []
    for chapter in session.catalog.chapters:
        own = bank.chapter(chapter.id)
        exercises = [(e.id, topic) for e in chapter.exercises for topic in e.topics]
        per_topic = (
            _shares(exercises, passed),
            _shares(((question.id, question.topic) for question in own.questions), right),
            _shares(((card.id, card.topic) for card in own.cards), learnt),
        )
        none = Share(0, 0)
        found += [
            TopicMastery(chapter, topic, *(shares.get(topic.id, none) for shares in per_topic))
            for topic in chapter.topics
        ]
    return tuple(found)


def _shares(items: Iterable[tuple[str, str]], known: Collection[str]) -> dict[str, Share]:
    """By topic, of pairs of an id and a topic."""
    items = list(items)
    total = Counter(topic for _, topic in items)
    have = Counter(topic for id, topic in items if id in known)
    return {topic: Share(have[topic], count) for topic, count in total.items()}


def states(
    catalog: Catalog, standing: Standing, mastery: Iterable[TopicMastery]
) -> dict[str, State]:
    """An exercise is mastered if passed, with all questions of its topics answered right."""
    sure = {
        (found.chapter.id, found.topic.id)
        for found in mastery
        if found.questions.total and found.questions.known == found.questions.total
    }

    done = cleared(catalog, standing)

    def of(exercise: Exercise) -> State:
        if exercise.id in standing.passed:
            topics_are_sure = all((exercise.chapter, topic) in sure for topic in exercise.topics)
            return "mastered" if topics_are_sure else "passed"
        return "open" if is_unlocked(exercise, done) else "locked"

    return {exercise.id: of(exercise) for exercise in catalog.exercises}
