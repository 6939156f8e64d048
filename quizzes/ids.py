"""What each chapter asks, as ids and topics alone: enough to plan a day.

Read as text, since parsing the YAML of the whole course takes longer than all of `learn next`. That
both agree is tested.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exercises.catalog import Catalog
from quizzes.cards.card import ENTRY, card_topics

KEY = re.compile(r"^  (id|topic): *['\"]?([\w-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Summary:
    """Of one chapter: the topic of each question and of each card, by their ids."""

    questions: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, str] = field(default_factory=dict)


def summaries(catalog: Catalog) -> dict[str, Summary]:
    """By the ids of the chapters."""
    root = catalog.course.quizzes
    return {
        chapter.id: Summary(
            questions=question_topics(root / chapter.id / "quiz.yaml"),
            cards=card_topics(root / chapter.id / "cards.yaml"),
        )
        for chapter in catalog.chapters
    }


def all_cards(asks: Mapping[str, Summary]) -> dict[str, str]:
    """The topic of each card of the course, in order."""
    return {card: topic for asked in asks.values() for card, topic in asked.cards.items()}


def question_topics(file: Path) -> dict[str, str]:
    """The topic of each question in a `quiz.yaml`."""
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, str] = {}
    for entry in ENTRY.split(text)[1:]:
        keys = dict(
            reversed(KEY.findall(f"  {entry}"))
        )  # of two alike, the first is the entry's own
        if "id" in keys:
            found[keys["id"]] = keys.get("topic", "")
    return found
