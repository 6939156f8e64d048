"""How many minutes things take: what a day is filled by. Rough, and the same for everybody."""

from __future__ import annotations

from exercises.catalog import Exercise

WORDS = 150.0  # read in a minute, formulas among them
EXAMPLES = 2.0  # to follow those of a topic
QUESTION = 1.0
MISTAKE = 2.0  # that comes back
DUE_CARD = 0.25
NEW_CARD = 0.5
BY_DIFFICULTY = {1: 10.0, 2: 15.0, 3: 25.0, 4: 40.0, 5: 60.0}


def reading(words: int) -> float:
    """Of a topic with so many words."""
    return round(EXAMPLES + words / WORDS)


def exercise(exercise: Exercise) -> float:
    return BY_DIFFICULTY[exercise.difficulty]


def rewrite(exercise: Exercise) -> float:
    """Of one that was passed before, and is written from memory."""
    return BY_DIFFICULTY[exercise.difficulty] / 2


def cards(due: int, new: int) -> float:
    return due * DUE_CARD + new * NEW_CARD
