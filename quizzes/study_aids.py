"""What is read and remembered: notes for cards, FAQ, glossary, timeline, resources."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, cast, get_args

from exercises.yaml_mapping import Fields
from quizzes.cards.card import CARD_KINDS, HIDDEN, CardKind, Note
from quizzes.content_file import ContentFile

LAST_CHAPTER = 99
FIRST_YEAR, LAST_YEAR = 1900, 2100

ResourceKind = Literal["paper", "guide", "lecture", "tool", "book"]
RESOURCE_KINDS: tuple[ResourceKind, ...] = get_args(ResourceKind)


@dataclass(frozen=True)
class Faq:
    """`waits_for` is the exercise that the answer gives away: it is read after its pass."""

    id: str
    chapter: str
    topic: str
    question: str
    answer: str
    waits_for: str | None = None


@dataclass(frozen=True)
class Term:
    """`lesson` is a section's anchor, `exercise` an id, `reference` a file of that package."""

    id: str
    term: str
    short: str
    long: str
    lesson: str | None = None
    exercise: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Event:
    """A point of the timeline; `chapter` is the number of the chapter that treats it."""

    id: str
    year: int
    title: str
    text: str
    source: str
    chapter: int | None = None


@dataclass(frozen=True)
class Resource:
    """`rank` orders the resources of a chapter; `chapters` are numbers."""

    id: str
    title: str
    authors: str
    year: int
    kind: ResourceKind
    url: str
    why: str
    chapters: tuple[int, ...]
    rank: int

    @property
    def about(self) -> str:
        """Who wrote it, when, and for which chapters it is."""
        numbers = ", ".join(map(str, self.chapters))
        return f"{self.authors}, {self.year}; for chapter{'s' * (len(self.chapters) > 1)} {numbers}"


def read_notes(content: ContentFile) -> tuple[Note, ...]:
    return tuple(_note(fields, content) for fields in content.entries())


def _note(fields: Fields, content: ContentFile) -> Note:
    id, topic = fields.text("id"), content.topic(fields)
    kind = cast(CardKind, fields.one_of("kind", CARD_KINDS))
    if kind == "cloze":
        note = Note(id, content.chapter, topic, kind, fields.text("text"))
        if not HIDDEN.search(note.front):
            raise fields.mistake("must hide at least one [[part]]", "text")
        return note
    note = Note(id, content.chapter, topic, kind, fields.text("front"), fields.text("back"))
    if kind == "formula" and note.back.count("$$") != 2:
        raise fields.mistake("must hold one formula between $$ and $$", "back")
    return note


def read_faq(content: ContentFile, exercises: Collection[str]) -> tuple[Faq, ...]:
    return tuple(
        Faq(
            id=fields.text("id"),
            chapter=content.chapter,
            topic=content.topic(fields),
            question=fields.text("question"),
            answer=fields.text("answer"),
            waits_for=_exercise(fields, "waits_for", exercises),
        )
        for fields in content.entries()
    )


def read_glossary(content: ContentFile, exercises: Collection[str]) -> tuple[Term, ...]:
    return tuple(_term(fields, exercises) for fields in content.entries())


def _term(fields: Fields, exercises: Collection[str]) -> Term:
    return Term(
        id=fields.text("id"),
        term=fields.text("term"),
        short=fields.text("short"),
        long=fields.text("long"),
        lesson=fields.optional("lesson"),
        exercise=_exercise(fields, "exercise", exercises),
        reference=fields.optional("reference"),
    )


def _exercise(fields: Fields, key: str, exercises: Collection[str]) -> str | None:
    exercise = fields.optional(key)
    if exercise and exercise not in exercises:
        raise fields.mistake(f"{exercise!r} is no exercise", key)
    return exercise


def read_timeline(content: ContentFile) -> tuple[Event, ...]:
    """Oldest first."""
    events = [
        Event(
            id=fields.text("id"),
            year=fields.whole("year", FIRST_YEAR, LAST_YEAR),
            title=fields.text("title"),
            text=fields.text("text"),
            source=fields.text("source"),
            chapter=fields.whole("chapter", 1, LAST_CHAPTER) if fields.has("chapter") else None,
        )
        for fields in content.entries()
    ]
    return tuple(sorted(events, key=lambda event: event.year))


def read_resources(content: ContentFile) -> tuple[Resource, ...]:
    """The most useful first."""
    resources = [_resource(fields) for fields in content.entries()]
    return tuple(sorted(resources, key=lambda resource: resource.rank))


def _resource(fields: Fields) -> Resource:
    url = fields.text("url")
    if not url.startswith("https://"):
        raise fields.mistake("must start with https://", "url")
    return Resource(
        id=fields.text("id"),
        title=fields.text("title"),
        authors=fields.text("authors"),
        year=fields.whole("year", FIRST_YEAR, LAST_YEAR),
        kind=cast(ResourceKind, fields.one_of("kind", RESOURCE_KINDS)),
        url=url,
        why=fields.text("why"),
        chapters=fields.wholes("chapters", 1, LAST_CHAPTER),
        rank=fields.whole("rank", 1, 1000),
    )
