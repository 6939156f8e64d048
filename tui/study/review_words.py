"""What a review says, in the same words on the command line and in the app."""

from __future__ import annotations

from datetime import timedelta

from exercises.words import plural
from quizzes.cards.scheduling import DailyReview, Schedule

NO_CARD_WAITING = (
    "No card is waiting. New ones come with each topic that you read, from the next day on."
)
TOMORROW = (
    "No card is waiting today. New ones come tomorrow: the cards of a topic open on the day after"
    " reading, since at once they would only be read again."
)


def postponed_note(plan: DailyReview) -> str:
    """Empty where nothing had to wait."""
    if not plan.postponed:
        return ""
    one = plan.postponed == 1
    return (
        ("1 more is due and waits" if one else f"{plan.postponed} more are due and wait")
        + " for the next days. The cards that gain most come first, and new ones once the rest fits"
        " into a day."
    )


def leech_note(schedule: Schedule | None) -> str:
    """Empty where the card is no leech."""
    if schedule is None or not schedule.is_leech:
        return ""
    return (
        f"You have forgotten this card {schedule.lapses} times. Reading about it helps more than"
        " another review."
    )


def span(interval: timedelta) -> str:
    """`10 min`, `3 days`, `2 months`: as long as one plans ahead."""
    days = interval.days
    if days < 1:
        return f"{max(1, round(interval.total_seconds() / 60))} min"
    if days < 60:
        return plural(days, "day")
    if days < 730:
        return f"{round(days / 30.4)} months"
    return f"{days / 365:.1f} years"
