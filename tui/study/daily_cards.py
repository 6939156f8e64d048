"""The cards of this day: the one answer that Today, the review and the status give.

Without loading `fsrs` or parsing a card. The planner counts by the same rules, which live in
`quizzes/cards`: when cards open, and how many of them a day holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from quizzes.cards.opening import open_cards
from quizzes.cards.scheduling import DailyReview, Scheduler, day_of, plan
from quizzes.ids import all_cards
from tui.planning.snapshot import days_by_topic
from tui.study.session import Session


def todays_cards(
    session: Session, now: datetime, scheduler: Scheduler | None = None
) -> DailyReview:
    """What is left of this day; the most valuable first only with a scheduler."""
    reviews = session.progress.reviews
    return plan(
        _open(session, now),
        reviews.schedules(),
        now,
        reviews.done(now),
        session.pace().limits,
        scheduler,
    )


def new_ones_come_tomorrow(session: Session, now: datetime) -> bool:
    known = session.progress.reviews.schedules()
    unmet = set(_open(session, now, days=1)).difference(known)
    return session.pace().limits.new > 0 and bool(unmet)


def _open(session: Session, now: datetime, days: int = 0) -> tuple[str, ...]:
    """The cards that are open on this day, or in so many days."""
    progress = session.progress
    return open_cards(
        all_cards(session.asks),
        progress.reviews.schedules(),
        days_by_topic(session.catalog, progress.history.read_on(now)),
        session.catalog.topics_in(progress.answers.tested_out()),
        day_of(now) + timedelta(days=days),
    )
