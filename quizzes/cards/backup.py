"""Schedules and reviews as JSON, to keep them safe or move them to another machine.

What is written and read again is exactly what it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from exercises.errors import CourseError
from quizzes.cards.scheduling import RATINGS, STATES, Rating, Review, Schedule

SCHEMA = "cards/v1"


class ExchangeError(CourseError):
    exit_code = 2

    def __init__(self, says: str) -> None:
        super().__init__(f"This is no export of cards: {says}. Nothing was changed.")


def dump(schedules: Mapping[str, Schedule], reviews: Iterable[Review]) -> str:
    document = {
        "schema": SCHEMA,
        "schedules": {card: pack(schedules[card]) for card in sorted(schedules)},
        "reviews": [
            {
                "card": review.card,
                "rating": review.rating,
                "at": _text(review.at),
                "milliseconds": review.milliseconds,
                "before": pack(review.before) if review.before else None,
            }
            for review in reviews
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> tuple[dict[str, Schedule], tuple[Review, ...]]:
    """Raises ExchangeError, and gives nothing, where any part of it is wrong."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise ExchangeError(f"its schema is not {SCHEMA}")
        schedules = {str(card): unpack(entry) for card, entry in document["schedules"].items()}
        reviews = tuple(_review(entry) for entry in document["reviews"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ExchangeError(f"{type(error).__name__} {error}") from error
    return schedules, reviews


def pack(schedule: Schedule) -> dict[str, Any]:
    return {
        "state": schedule.state,
        "step": schedule.step,
        "stability": schedule.stability,
        "difficulty": schedule.difficulty,
        "due": _text(schedule.due),
        "last_review": _text(schedule.last_review),
        "reviews": schedule.reviews,
        "lapses": schedule.lapses,
    }


def unpack(entry: Mapping[str, Any]) -> Schedule:
    if entry["state"] not in STATES:
        raise ValueError(f"state {entry['state']!r}")
    return Schedule(
        state=entry["state"],
        step=None if entry["step"] is None else int(entry["step"]),
        stability=float(entry["stability"]),
        difficulty=float(entry["difficulty"]),
        due=_moment(entry["due"]),
        last_review=_moment(entry["last_review"]),
        reviews=int(entry["reviews"]),
        lapses=int(entry["lapses"]),
    )


def _review(entry: Mapping[str, Any]) -> Review:
    if entry["rating"] not in RATINGS:
        raise ValueError(f"rating {entry['rating']!r}")
    return Review(
        card=str(entry["card"]),
        rating=cast(Rating, entry["rating"]),
        at=_moment(entry["at"]),
        milliseconds=int(entry["milliseconds"]),
        before=unpack(entry["before"]) if entry["before"] else None,
    )


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"time {text!r} has no time zone")
    return at.astimezone(UTC)
