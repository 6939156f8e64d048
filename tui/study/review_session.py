"""A session of reviews: the next card, its rating, and the way back from a slip."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta

from quizzes.bank import load_bank
from quizzes.cards.card import Card
from quizzes.cards.scheduling import Rating, Review, Schedule, Scheduler, soon
from tui.study.daily_cards import new_ones_come_tomorrow, todays_cards
from tui.study.review_words import NO_CARD_WAITING, TOMORROW
from tui.study.session import Session

# A pause longer than this is no thinking.
MAX_MILLISECONDS = 60_000


class ReviewSession:
    """Shared by the line mode and the app. Times are given by the caller, in local time."""

    def __init__(self, session: Session, now: datetime, limit: int | None = None) -> None:
        progress, bank = session.progress, load_bank(session.catalog)
        self._reviews = progress.reviews
        self.scheduler = Scheduler(float(progress.settings["retention"]))
        self.schedules = self._reviews.schedules()
        self.plan = todays_cards(session, now, self.scheduler)
        self.when_empty = TOMORROW if new_ones_come_tomorrow(session, now) else NO_CARD_WAITING
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
        review = Review(id, rating, at, min(milliseconds, MAX_MILLISECONDS), before)
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
        self._advance(now)
        return self.current

    def _advance(self, now: datetime) -> None:
        """When nothing else is left, ask what is being learnt and comes again within minutes.

        `left` counts that from the beginning: it never grows while cards are answered.
        """
        again = soon(self.schedules, dict.fromkeys(self._met), now)
        if not self._queue:
            self._queue.extend(again)
        self.left = len({*self._queue, *again})
