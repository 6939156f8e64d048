"""What the planner knows of a learner at one moment, counted from what was recorded. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from exercises.catalog import Catalog
from exercises.lesson_words import topic_words
from quizzes.cards.opening import open_cards
from quizzes.cards.scheduling import DailyLimits, ReviewedToday, Schedule, day_of, plan
from quizzes.ids import Summary, all_cards
from quizzes.questions.sitting import PASS_SHARE
from tui.planning import estimates
from tui.planning.mistakes import due
from tui.progress.records import Answered, Effort, Mistake, Standing

COMES_BACK = timedelta(days=2)
NO_LIMIT = 10**6


@dataclass(frozen=True)
class Facts:
    """What was recorded, up to `now`, which is in the learner's time zone."""

    now: datetime
    standing: Standing = field(default_factory=Standing)
    read_on: Mapping[str, date] = field(default_factory=dict)
    passed_on: Mapping[str, date] = field(default_factory=dict)
    efforts: Mapping[str, Effort] = field(default_factory=dict)
    answers: Mapping[str, Answered] = field(default_factory=dict)
    asked_today: int = 0
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    cards_done: ReviewedToday = field(default_factory=ReviewedToday)
    mistakes: tuple[Mistake, ...] = ()
    met_today: int = 0
    rewrites: Mapping[str, Schedule] = field(default_factory=dict)
    rewritten_on: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Quiz:
    """The questions of a chapter. `wrong` of them were answered wrongly last; `missed` are their
    topics, the most missed first."""

    total: int = 0
    answered: int = 0
    wrong: int = 0
    missed: tuple[str, ...] = ()
    failed: bool = False
    last: date | None = None

    @property
    def is_done(self) -> bool:
        return self.answered == self.total and not self.failed

    @property
    def returns_on(self) -> date | None:
        """A failed quiz comes back, and not at once: by then it asks what was learnt."""
        return self.last + COMES_BACK if self.failed and self.last else None


@dataclass(frozen=True)
class Cards:
    """`due` says how many by day, those overdue today. `fresh` new ones may be met today;
    `unseen` counts the new ones of each topic. `learning` are in their steps and wait now,
    `rested` of them since an earlier day."""

    due: Mapping[date, int] = field(default_factory=dict)
    fresh: int = 0
    unseen: Mapping[str, int] = field(default_factory=dict)
    done: ReviewedToday = field(default_factory=ReviewedToday)
    learning: int = 0
    rested: int = 0

    def repeats(self, today: date) -> int:
        """How many cards that were met before wait today, those beyond the day's limit too."""
        return self.learning + self.due.get(today, 0)


@dataclass(frozen=True)
class Snapshot:
    """What is read, and what was tested out of, are topics here, in `standing` too.

    `reading` holds the minutes that each topic takes. `spent` are minutes of today, by the
    estimates; `asked` questions and `worked` (a topic or an exercise was brought forward) are of
    today too, as are `mistakes`, those that come back. `begun` holds the minutes that went into
    something unfinished, as far as they are known.

    `comes_back` says on which day each passed exercise is to be written again; `rewritten` are the
    minutes of today that went into that, and `rewrote_on` is the last day before on which some did.
    """

    today: date
    standing: Standing
    read_on: Mapping[str, date]
    efforts: Mapping[str, Effort]
    quizzes: Mapping[str, Quiz]
    cards: Cards
    reading: Mapping[str, float]
    spent: float = 0.0
    asked: int = 0
    worked: bool = False
    begun: Mapping[str, float] = field(default_factory=dict)
    mistakes: int = 0
    comes_back: Mapping[str, date] = field(default_factory=dict)
    rewritten: float = 0.0
    rewrote_on: date | None = None


def snapshot(catalog: Catalog, asks: Mapping[str, Summary], facts: Facts) -> Snapshot:
    today = day_of(facts.now)
    read_on = days_by_topic(catalog, facts.read_on)
    read = [topic for topic, day in read_on.items() if day == today]
    exercises = {e.id: e for e in catalog.exercises}
    passed = [e for e in catalog.exercises if facts.passed_on.get(e.id) == today]
    reading = {
        topic: estimates.reading(words)
        for chapter in catalog.chapters
        for topic, words in topic_words(chapter).items()
    }
    spent = sum(reading[topic] for topic in read)
    for exercise in passed:
        # What took several days is shared out among them.
        days = facts.efforts[exercise.id].days if exercise.id in facts.efforts else 1
        spent += estimates.exercise(exercise) / days
    spent += facts.asked_today * estimates.QUESTION + facts.met_today * estimates.MISTAKE
    standing = replace(
        facts.standing,
        read=catalog.topics_in(facts.standing.read),
        tested_out=catalog.topics_in(facts.standing.tested_out),
    )
    return Snapshot(
        today=today,
        standing=standing,
        read_on=read_on,
        efforts=facts.efforts,
        quizzes={id: _quiz(asked.questions, facts.answers) for id, asked in asks.items()},
        cards=_cards(asks, facts, standing.tested_out, read_on),
        reading=reading,
        spent=spent + estimates.cards(facts.cards_done.due, facts.cards_done.new),
        asked=facts.asked_today,
        worked=bool(read or passed),
        mistakes=len(due(facts.mistakes, standing.passed, today, facts.met_today)),
        comes_back={
            id: day_of(schedule.due.astimezone(facts.now.tzinfo))
            for id, schedule in facts.rewrites.items()
            if id in exercises  # it may have left the course
        },
        rewritten=sum(
            estimates.rewrite(exercises[id])
            for id, day in facts.rewritten_on.items()
            if day == today and id in exercises
        ),
        rewrote_on=max((day for day in facts.rewritten_on.values() if day < today), default=None),
    )


def days_by_topic(catalog: Catalog, read_on: Mapping[str, date]) -> dict[str, date]:
    """When each topic was read; a chapter's day is that of all its topics, but for its own."""
    return {
        topic: day
        for topic, (chapter, _) in catalog.topics.items()
        if (day := read_on.get(topic, read_on.get(chapter.id)))
    }


def _quiz(topics: Mapping[str, str], answers: Mapping[str, Answered]) -> Quiz:
    given = {id: answers[id] for id in topics if id in answers}
    missed = Counter(topics[id] for id, answer in given.items() if not answer.right)
    return Quiz(
        total=len(topics),
        answered=len(given),
        missed=tuple(topic for topic, _ in missed.most_common()),
        wrong=missed.total(),
        failed=_has_failed(topics, given),
        last=max((answer.on for answer in given.values()), default=None),
    )


def _has_failed(topics: Mapping[str, str], given: Mapping[str, Answered]) -> bool:
    """On the way, the last day decides; once all were asked, every topic must be known."""
    if len(given) == len(topics):
        groups = [
            [answer.right for id, answer in given.items() if topics[id] == topic]
            for topic in set(topics.values())
        ]
    else:
        asked = [answer for answer in given.values() if answer.in_quiz]
        last = max((answer.on for answer in asked), default=None)
        groups = [[answer.right for answer in asked if answer.on == last]]
    return any(marks and sum(marks) < PASS_SHARE * len(marks) for marks in groups)


def _cards(
    asks: Mapping[str, Summary],
    facts: Facts,
    tested_out: Collection[str],
    read_on: Mapping[str, date],
) -> Cards:
    today = day_of(facts.now)

    def day(at: datetime) -> date:
        return day_of(at.astimezone(facts.now.tzinfo))

    known = facts.schedules
    cards = all_cards(asks)
    ids = open_cards(cards, known, read_on, tested_out, today)
    # What waits today is decided in one place, for the planner as for `learn review`.
    waiting = plan(ids, known, facts.now, ReviewedToday(), DailyLimits(NO_LIMIT, NO_LIMIT))
    now = {*waiting.due, *waiting.learning}
    tomorrow = today + timedelta(days=1)
    met = [id for id in ids if id in known]
    due = Counter(max(day(known[id].due), tomorrow) for id in met if id not in now)
    due[today] = len(waiting.due)
    return Cards(
        due=due,
        fresh=len(waiting.new),
        unseen=Counter(topic for card, topic in cards.items() if card not in known),
        done=facts.cards_done,
        learning=len(waiting.learning),
        rested=sum(day(known[id].last_review) < today for id in waiting.learning),
    )
