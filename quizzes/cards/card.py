"""Flashcards: what the YAML holds are notes, and each note makes one card or more.

A note of kind `cloze` hides parts of its text, `[[so]]`; each hidden part is asked on a card of its
own. A card's id is its note's, with the number of the part for cloze (`softmax-jacobian#1`): the
text may change, and the schedule stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from exercises.files import course_text

CardKind = Literal["basic", "cloze", "formula"]
CARD_KINDS: tuple[CardKind, ...] = get_args(CardKind)

# `]]]` closes a bracket of the hidden part first: [[a[i]]]
HIDDEN = re.compile(r"\[\[(.+?)\]\](?!\])", re.DOTALL)
CLOZE_GAP = "[…]"

ENTRY = re.compile(r"^- ", re.MULTILINE)
ENTRY_ID = re.compile(r"^(?:- |  )id: *['\"]?([\w-]+)", re.MULTILINE)
ENTRY_TOPIC = re.compile(r"^(?:- |  )topic: *['\"]?([\w-]+)", re.MULTILINE)
IS_CLOZE = re.compile(r"^(?:- |  )kind: *['\"]?cloze", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """One thing to remember, in Markdown. `hidden` is the part of a cloze that is asked."""

    id: str
    note: str
    chapter: str
    topic: str
    kind: CardKind
    front: str
    back: str
    hidden: str = ""


@dataclass(frozen=True)
class Note:
    """As it is written. A cloze has its text in `front`, and no `back`."""

    id: str
    chapter: str
    topic: str
    kind: CardKind
    front: str
    back: str = ""

    @property
    def text(self) -> str:
        """The front, with nothing hidden."""
        return HIDDEN.sub(r"\1", self.front)

    @property
    def cards(self) -> tuple[Card, ...]:
        if self.kind != "cloze":
            return (self._card(self.id, self.front, self.back),)
        parts = tuple(HIDDEN.finditer(self.front))
        return tuple(
            self._card(f"{self.id}#{number}", self._hiding(part), self.text, part[1])
            for number, part in enumerate(parts, start=1)
        )

    def _hiding(self, part: re.Match[str]) -> str:
        before, after = self.front[: part.start()], self.front[part.end() :]
        return HIDDEN.sub(r"\1", before) + CLOZE_GAP + HIDDEN.sub(r"\1", after)

    def _card(self, id: str, front: str, back: str, hidden: str = "") -> Card:
        return Card(id, self.id, self.chapter, self.topic, self.kind, front, back, hidden)


def note_of(card: str) -> str:
    """The id of the note that the card with this id is made from."""
    return card.partition("#")[0]


def card_topics(file: Path) -> dict[str, str]:
    """The topic of each card in a `cards.yaml`, read as text: `learn next` needs no more of them.

    Parsing the file takes thirty times as long. That both agree is tested.
    """
    text = course_text(file)
    topics: dict[str, str] = {}
    for entry in ENTRY.split(text)[1:]:
        found = ENTRY_ID.search(f"- {entry}")
        if not found:
            continue
        about = ENTRY_TOPIC.search(f"- {entry}")
        topic = about[1] if about else ""
        if IS_CLOZE.search(f"- {entry}"):
            parts = len(HIDDEN.findall(entry))
            topics |= {f"{found[1]}#{number}": topic for number in range(1, parts + 1)}
        else:
            topics[found[1]] = topic
    return topics
