"""A session of reviews: the next card, its rating, and the way back from a slip."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

from quizzes.bank import Bank
from quizzes.cards.card import Card
from quizzes.cards.scheduling import Limits, Plan, Rating, Review, Schedule, Scheduler, plan, soon
from tui.progress.progress import Progress


def limits(progress: Progress) -> Limits:
    settings = progress.settings
    return Limits(new=int(settings["new_cards"]), due=int(settings["due_cards"]))


def open_cards(bank: Bank, progress: Progress) -> tuple[str, ...]:
    """The cards of the chapters that were read or tested out of, and those met before."""
    standing, met = progress.standing(), progress.reviews.schedules()
    started = standing.read | standing.tested_out
    return tuple(
        id
        for part in bank.chapters
        for id in part.card_ids
        if part.chapter.id in started or id in met
    )


def todays_plan(bank: Bank, progress: Progress, now: datetime) -> Plan:
    """What is left of this day, unordered: without loading `fsrs` or parsing a card."""
    schedules, done = progress.reviews.schedules(), progress.reviews.done(now)
    return plan(open_cards(bank, progress), schedules, now, done, limits(progress))


class ReviewSession:
    """Shared by the line mode and the app. Times are given by the caller, in local time."""

    def __init__(
        self, bank: Bank, progress: Progress, now: datetime, limit: int | None = None
    ) -> None:
        self._reviews = progress.reviews
        self.scheduler = Scheduler(float(progress.settings["retention"]))
        self.schedules = self._reviews.schedules()
        ids = open_cards(bank, progress)
        self.plan = plan(
            ids, self.schedules, now, self._reviews.done(now), limits(progress), self.scheduler
        )
        self._cards = {card.id: card for card in bank.cards}
        self._queue = deque(self.plan.cards[:limit])
        self._met: list[str] = []
        self._done: list[Review] = []
        self._advance(now)

    @property
    def current(self) -> Card | None:
        """The card to ask; None when nothing is left for now."""
        return self._cards[self._queue[0]] if self._queue else None

    @property
    def left(self) -> int:
        return len(self._queue)

    @property
    def count(self) -> int:
        return len(self._done)

    @property
    def leeches(self) -> tuple[Card, ...]:
        """Cards of this session that are forgotten again and again."""
        met = dict.fromkeys(review.card for review in self._done)
        return tuple(self._cards[id] for id in met if self.schedules[id].is_leech)

    def intervals(self, now: datetime) -> dict[Rating, timedelta]:
        """When the current card would come again, for each rating."""
        return self.scheduler.intervals(self.schedules.get(self._queue[0]), now.astimezone(UTC))

    def rate(self, rating: Rating, now: datetime, milliseconds: int) -> Schedule:
        """Rate the current card, keep it, and go on to the next."""
        id, at = self._queue.popleft(), now.astimezone(UTC)
        before = self.schedules.get(id)
        after = self.scheduler.rate(before, rating, at)
        review = Review(id, rating, at, milliseconds, before)
        self._reviews.record(review, after)
        self.schedules[id] = after
        self._done.append(review)
        self._met.append(id)
        self._advance(now)
        return after

    def undo(self, now: datetime) -> Card | None:
        """Take back the latest rating of this session, and ask that card again."""
        if not self._done:
            return None
        review = self._done.pop()
        self._met.pop()
        self._reviews.undo(review)
        if review.before:
            self.schedules[review.card] = review.before
        else:
            del self.schedules[review.card]
        if review.card in self._queue:  # it had come back as being learnt
            self._queue.remove(review.card)
        self._queue.appendleft(review.card)
        return self.current

    def _advance(self, now: datetime) -> None:
        """When nothing else is left, ask what is being learnt and comes again within minutes."""
        if not self._queue:
            self._queue.extend(soon(self.schedules, dict.fromkeys(self._met), now))
