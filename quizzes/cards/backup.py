"""Schedules and reviews as JSON, to keep them safe or move them to another machine.

What is written and read again is exactly what it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from exercises import strict_json
from exercises.errors import CourseError
from quizzes.cards.scheduling import RATINGS, Rating, Review, Schedule, as_text, from_text

BACKUP_SCHEMA = "cards/v1"


class ExchangeError(CourseError):
    exit_code = 2

    def __init__(self, says: str) -> None:
        super().__init__(f"This is no export of cards: {says}. Nothing was changed.")


def dump(schedules: Mapping[str, Schedule], reviews: Iterable[Review]) -> str:
    document = {
        "schema": BACKUP_SCHEMA,
        "schedules": {card: schedules[card].to_dict() for card in sorted(schedules)},
        "reviews": [
            {
                "card": review.card,
                "rating": review.rating,
                "at": as_text(review.at),
                "milliseconds": review.milliseconds,
                "before": review.before.to_dict() if review.before else None,
            }
            for review in reviews
        ],
    }
    return strict_json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def load(text: str) -> tuple[dict[str, Schedule], tuple[Review, ...]]:
    """Raises ExchangeError, and gives nothing, where any part of it is wrong."""
    try:
        document = json.loads(text)
        if document["schema"] != BACKUP_SCHEMA:
            raise ExchangeError(f"its schema is not {BACKUP_SCHEMA}")
        schedules = {
            str(card): Schedule.from_dict(entry) for card, entry in document["schedules"].items()
        }
        reviews = tuple(_review(entry) for entry in document["reviews"])
    except json.JSONDecodeError as error:
        raise ExchangeError(f"it is not JSON, from line {error.lineno} on") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ExchangeError("it lacks what `learn cards export` writes") from error
    return schedules, reviews


def _review(entry: Mapping[str, Any]) -> Review:
    if entry["rating"] not in RATINGS:
        raise ValueError(f"rating {entry['rating']!r}")
    return Review(
        card=str(entry["card"]),
        rating=cast(Rating, entry["rating"]),
        at=from_text(entry["at"]),
        milliseconds=int(entry["milliseconds"]),
        before=Schedule.from_dict(entry["before"]) if entry["before"] else None,
    )
