"""Simulated learners: they do what the plan says, and know what they know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from exercises.catalog import Catalog, Chapter, Exercise, Limits, Topic
from quizzes.cards.opening import open_cards
from quizzes.cards.scheduling import ReviewedToday, Schedule, plan
from quizzes.ids import Summary, all_cards
from tui.planning import estimates
from tui.planning.planner import plan_day
from tui.planning.snapshot import Facts, Snapshot, snapshot
from tui.planning.tasks import Pace, Task
from tui.planning.unlocking import cleared, is_unlocked
from tui.progress.records import Answered, Effort, Latest

FIRST_DAY = datetime(2025, 3, 3, 18, tzinfo=UTC)  # a Monday
TOPICS = ("first", "second", "third")


def exercise(
    id: str, chapter: str, *needs: str, difficulty: int = 1, topic: str = TOPICS[0]
) -> Exercise:
    return Exercise(
        id=id,
        title=id.title(),
        summary=f"Build {id}.",
        chapter=chapter,
        topics=(f"{chapter}-{topic}",),
        needs=needs,
        difficulty=difficulty,
        entry=(id,),
        hints=("a", "b", "c"),
        forbidden=(),
        limits=Limits(),
        source="",
        stub=Path(chapter, f"{id}.py"),
        suite=Path(chapter, id),
    )


def chapter(id: str, number: int, *exercises: Exercise) -> Chapter:
    topics = tuple(Topic(f"{id}-{topic}", topic.title()) for topic in TOPICS)
    return Chapter(id, number, id.title(), "What you can do.", topics, exercises, Path(id))


def course(chapters: int = 4, exercises: int = 6) -> Catalog:
    """Each exercise needs the one before it, across chapters too; difficulties go from 1 to 5."""
    made, before = [], ()
    for number in range(1, chapters + 1):
        id = f"ch{number:02}_part"
        built = []
        for place in range(exercises):
            name = f"e{number}_{place}"
            topic = TOPICS[place * len(TOPICS) // exercises]
            difficulty = 1 + (number + place) % 5
            built.append(exercise(name, id, *before, difficulty=difficulty, topic=topic))
            before = (name,)
        made.append(chapter(id, number, *built))
    return Catalog(tuple(made))


def questions(catalog: Catalog, count: int = 12, cards: int = 15) -> dict[str, Summary]:
    return {
        chapter.id: Summary(
            {f"{chapter.id}-q{place}": chapter.topics[place % 3].id for place in range(count)},
            {f"{chapter.id}-c{place}": chapter.topics[place % 3].id for place in range(cards)},
        )
        for chapter in catalog.chapters
    }


@dataclass
class Learner:
    """`knows` is the chance that an answer or a submission is right at first; it grows with each
    attempt at the same thing."""

    catalog: Catalog
    asks: Mapping[str, Summary]
    pace: Pace = field(default_factory=Pace)
    knows: float = 1.0
    seed: int = 0
    facts: Facts = field(default_factory=lambda: Facts(FIRST_DAY))
    tries: Counter[str] = field(default_factory=Counter)
    put_in: dict[str, float] = field(default_factory=dict)
    failed_on: dict[str, date] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    @property
    def today(self) -> date:
        return self.snapshot().today

    def snapshot(self) -> Snapshot:
        return snapshot(self.catalog, self.asks, self.facts)

    def plan(self) -> tuple[Task, ...]:
        return plan_day(self.catalog, self.snapshot(), self.pace)

    def sleep(self) -> None:
        now = self.facts.now + timedelta(days=1)
        self.facts = replace(self.facts, now=now, asked_today=0, cards_done=ReviewedToday())

    def learn(self) -> float:
        """Go through the plan of the morning, up to what is not finished; returns the minutes.

        What is no longer in the plan by then, such as a quiz that has just failed, is left out.
        """
        spent = 0.0
        for task in self.plan():
            if (task.kind, task.id) not in {(now.kind, now.id) for now in self.plan()}:
                continue
            self._check_is_open(task)
            minutes, unfinished = self.do(task)
            spent += minutes
            if unfinished:
                break
        return spent

    def do(self, task: Task) -> tuple[float, bool]:
        """Do one task; returns the minutes that it took, and whether it was not finished."""
        if task.kind == "review":
            self._review(task)
            return task.minutes, False
        if task.kind == "quiz":
            self._quiz(task)
            return task.minutes, False
        return self._work(task)

    def pass_testout(self, chapter: str) -> None:
        standing = self.facts.standing
        tested = standing.tested_out | {chapter}
        self.facts = replace(self.facts, standing=replace(standing, tested_out=tested))

    def _is_right(self, id: str) -> bool:
        self.tries[id] += 1
        return self.random.random() >= (1 - self.knows) ** self.tries[id]

    def _check_is_open(self, task: Task) -> None:
        if task.kind == "exercise":
            chosen = self.catalog.exercise(task.id)
            assert is_unlocked(chosen, cleared(self.catalog, self.facts.standing))
        elif task.kind == "reading":
            assert task.id not in self.facts.standing.read
        elif task.kind == "review":
            assert task.due + task.new > 0

    def _review(self, task: Task) -> None:
        facts, now = self.facts, self.facts.now
        # As `learn review` does, with the limits of the settings.
        tested_out = self.catalog.topics_in(facts.standing.tested_out)
        cards = all_cards(self.asks)
        ids = open_cards(cards, facts.schedules, facts.read_on, tested_out, self.today)
        waiting = plan(ids, facts.schedules, now, facts.cards_done, self.pace.limits)
        chosen = (*waiting.due[: task.due], *waiting.new[: task.new])
        assert len(chosen) == task.due + task.new, "the command offers what the plan announces"
        schedules = dict(facts.schedules)
        for card in chosen:
            before = schedules.get(card)
            stable = before.stability * 2.5 if before and self._is_right(card) else 2.0
            due = now + timedelta(days=round(stable))
            schedules[card] = Schedule("review", None, stable, 5.0, due, now)
        done = ReviewedToday(facts.cards_done.new + task.new, facts.cards_done.due + task.due)
        self.facts = replace(facts, schedules=schedules, cards_done=done)

    def _quiz(self, task: Task) -> None:
        facts, today = self.facts, self.today
        answers = dict(facts.answers)
        if since := self.failed_on.pop(task.id, None):
            self.waits.append((today - since).days)

        def rank(id: str) -> int:
            return 2 if id not in answers else 1 if not answers[id].right else 3

        for id in sorted(self.asks[task.id].questions, key=rank)[: task.count]:
            answers[id] = Answered(self._is_right(id), today)
        asked = facts.asked_today + task.count
        self.facts = replace(facts, answers=answers, asked_today=asked)
        if self.snapshot().quizzes[task.id].failed:
            self.failed_on[task.id] = today

    def _work(self, task: Task) -> tuple[float, bool]:
        if task.kind == "exercise":
            needed = estimates.exercise(self.catalog.exercise(task.id))
        else:
            needed = self.snapshot().reading[task.id]
        minutes = min(task.minutes, needed - self.put_in.get(task.id, 0.0))
        self.put_in[task.id] = self.put_in.get(task.id, 0.0) + minutes
        finished = self.put_in[task.id] >= needed
        if task.kind == "reading":
            self._read(task.id, finished)
        else:
            finished = self._attempt(task.id, finished)
        return minutes, not finished

    def _read(self, id: str, finished: bool) -> None:
        facts, today = self.facts, self.today
        if finished:
            read = facts.standing.read | {id}
            standing = replace(facts.standing, read=read, just_read=id)
            read_on = {**facts.read_on, id: today}
            self.facts = replace(self.facts, standing=standing, read_on=read_on)

    def _attempt(self, id: str, ready: bool) -> bool:
        facts, today, standing = self.facts, self.today, self.facts.standing
        effort = facts.efforts.get(id)
        days = (effort.days if effort else 0) + (effort is None or effort.last < today)
        passed = ready and self._is_right(id)
        latest = Latest(id, "submit", "passed" if passed else "failed")
        standing = replace(standing, latest=latest, just_read=None)
        passed_on = dict(facts.passed_on)
        if passed:
            standing = replace(standing, passed=standing.passed | {id})
            passed_on[id] = today
        else:
            self.put_in[id] = self.put_in[id] if not ready else self.put_in[id] - 5
        efforts = {**facts.efforts, id: Effort(days, today)}
        self.facts = replace(facts, standing=standing, efforts=efforts, passed_on=passed_on)
        return passed
