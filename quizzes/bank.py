"""All that is asked and remembered in the course, read from the YAML in this folder.

A file is read when something of it is first asked for: a quiz on one chapter reads one file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar, cast

from exercises.catalog import Catalog, Chapter, load_catalog
from exercises.errors import CatalogError, UnknownName
from exercises.fields import Fields
from quizzes.cards import CARD_KINDS, HIDDEN, Card, CardKind, Note, card_ids
from quizzes.entries import RESOURCE_KINDS, Event, Faq, Resource, ResourceKind, Term
from quizzes.questions import Question
from quizzes.reading import read_id, read_questions, read_topic

ROOT = Path(__file__).parent
LAST_CHAPTER = 10
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Entry(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class ChapterBank:
    """What one chapter asks. A chapter whose files are not written yet asks nothing."""

    chapter: Chapter
    folder: Path

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        topics = self._topics
        return _entries(
            self.folder / "quiz.yaml", lambda file: read_questions(file, self.chapter.id, topics)
        )

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        return _entries(self.folder / "cards.yaml", self._read_notes)

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        return tuple(card for note in self.notes for card in note.cards)

    @cached_property
    def card_ids(self) -> tuple[str, ...]:
        """The ids of `cards`, without parsing their file."""
        return card_ids(self.folder / "cards.yaml")

    @cached_property
    def faq(self) -> tuple[Faq, ...]:
        return _entries(self.folder / "faq.yaml", self._read_faq)

    @property
    def _topics(self) -> tuple[str, ...]:
        return tuple(topic.id for topic in self.chapter.topics)

    def _read_notes(self, file: Path) -> Iterator[Note]:
        for fields in Fields.each_of_file(file):
            id, topic = read_id(fields), read_topic(fields, self._topics)
            kind = cast(CardKind, fields.one_of("kind", CARD_KINDS))
            if kind == "cloze":
                note = Note(id, self.chapter.id, topic, kind, fields.text("text"))
                if not HIDDEN.search(note.front):
                    raise fields.mistake("must hide at least one [[part]]", "text")
            else:
                front, back = fields.text("front"), fields.text("back")
                note = Note(id, self.chapter.id, topic, kind, front, back)
                if kind == "formula" and back.count("$$") != 2:
                    raise fields.mistake("must hold one formula between $$ and $$", "back")
            fields.finish()
            yield note

    def _read_faq(self, file: Path) -> Iterator[Faq]:
        for fields in Fields.each_of_file(file):
            id, topic = read_id(fields), read_topic(fields, self._topics)
            yield Faq(id, self.chapter.id, topic, fields.text("question"), fields.text("answer"))
            fields.finish()


class Bank:
    """The chapters' parts and those of the whole course."""

    def __init__(self, root: Path, catalog: Catalog) -> None:
        self.root = root
        self.catalog = catalog
        self.chapters = tuple(ChapterBank(c, root / c.id) for c in catalog.chapters)

    def chapter(self, id: str) -> ChapterBank:
        return next(bank for bank in self.chapters if bank.chapter.id == id)

    @cached_property
    def prerequisites(self) -> tuple[Question, ...]:
        file = self.root / "prerequisites.yaml"
        return _entries(file, lambda file: read_questions(file, "", None))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Those of all chapters, and the prerequisites."""
        banks = chain.from_iterable(bank.questions for bank in self.chapters)
        return self._unique("quiz.yaml", (*banks, *self.prerequisites))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        notes = tuple(chain.from_iterable(bank.notes for bank in self.chapters))
        return self._unique("cards.yaml", notes)

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        return tuple(card for note in self.notes for card in note.cards)

    @cached_property
    def faq(self) -> tuple[Faq, ...]:
        faq = tuple(chain.from_iterable(bank.faq for bank in self.chapters))
        return self._unique("faq.yaml", faq)

    @cached_property
    def glossary(self) -> tuple[Term, ...]:
        return _entries(self.root / "glossary.yaml", self._read_glossary)

    @cached_property
    def timeline(self) -> tuple[Event, ...]:
        """Oldest first."""
        events = _entries(self.root / "timeline.yaml", _read_timeline)
        return tuple(sorted(events, key=lambda event: event.year))

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The most useful first."""
        resources = _entries(self.root / "resources.yaml", _read_resources)
        return tuple(sorted(resources, key=lambda resource: resource.rank))

    @property
    def cheat_sheet(self) -> Path:
        return self.root / "cheatsheet.md"

    def _read_glossary(self, file: Path) -> Iterator[Term]:
        exercises = {exercise.id for exercise in self.catalog.exercises}
        for fields in Fields.each_of_file(file):
            term = Term(
                id=read_id(fields),
                term=fields.text("term"),
                short=fields.text("short"),
                long=fields.text("long"),
                lesson=fields.text("lesson") if fields.has("lesson") else None,
                exercise=fields.text("exercise") if fields.has("exercise") else None,
                reference=fields.text("reference") if fields.has("reference") else None,
            )
            if term.exercise and term.exercise not in exercises:
                raise fields.mistake(f"{term.exercise!r} is no exercise", "exercise")
            fields.finish()
            yield term

    def _unique(self, name: str, entries: tuple[E, ...]) -> tuple[E, ...]:
        """Within a file ids are checked with their line; here between chapters."""
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise CatalogError(self.root / name, f"two chapters use the id {entry.id!r}")
            seen.add(entry.id)
        return entries
