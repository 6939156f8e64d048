"""What each chapter asks, as ids and topics alone: enough to plan a day.

Read as text, since parsing the YAML of the whole course takes longer than all of `learn next`. That
both agree is tested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exercises.catalog import Catalog
from exercises.files import course_text
from exercises.parsed_files import parsed
from quizzes.cards.card import ENTRY, card_topics

KEY = re.compile(r"^  (id|topic): *['\"]?([\w-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Summary:
    """Of one chapter: the topic of each question and of each card, by their ids."""

    questions: Mapping[str, str] = field(default_factory=dict)
    cards: Mapping[str, str] = field(default_factory=dict)


def summaries(catalog: Catalog) -> dict[str, Summary]:
    """By the ids of the chapters."""
    return {chapter.id: summary(catalog.quizzes(chapter)) for chapter in catalog.chapters}


def summary(folder: Path) -> Summary:
    """Of the chapter whose questions and cards lie in `folder`, if it has any."""
    return Summary(
        questions=_topics(folder / "quiz.yaml", question_topics),
        cards=_topics(folder / "cards.yaml", card_topics),
    )


def all_cards(asks: Mapping[str, Summary]) -> dict[str, str]:
    """The topic of each card of the course, in order."""
    return {card: topic for asked in asks.values() for card, topic in asked.cards.items()}


def _topics(file: Path, read: Callable[[Path], dict[str, str]]) -> dict[str, str]:
    topics: dict[str, str] = parsed(file, read) if file.exists() else {}
    return topics


def question_topics(file: Path) -> dict[str, str]:
    """The topic of each question in a `quiz.yaml`."""
    text = course_text(file)
    found: dict[str, str] = {}
    for entry in ENTRY.split(text)[1:]:
        keys = dict(
            reversed(KEY.findall(f"  {entry}"))
        )  # of two alike, the first is the entry's own
        if "id" in keys:
            found[keys["id"]] = keys.get("topic", "")
    return found
