"""All that is asked and remembered in the course, read from the YAML in this folder.

A file is read when something of it is first asked for: a quiz on one chapter reads one file.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, cached_property, partial
from itertools import chain
from pathlib import Path

from exercises.catalog import Catalog, Chapter, catalog_in
from exercises.lesson import sections
from quizzes.cards.card import Card, Note
from quizzes.content_file import ContentFile
from quizzes.ids import summary
from quizzes.questions.question import Question
from quizzes.questions.reader import read_questions
from quizzes.study_aids import (
    Event,
    Faq,
    Resource,
    Term,
    read_faq,
    read_glossary,
    read_notes,
    read_resources,
    read_timeline,
)


class Taken:
    """Which file uses which id, per sort of entry: a learner's history hangs on them."""

    def __init__(self) -> None:
        self.questions: dict[str, Path] = {}
        self.notes: dict[str, Path] = {}
        self.faq: dict[str, Path] = {}


class ChapterBank:
    """What one chapter asks. A chapter whose files are not written yet asks nothing."""

    def __init__(
        self, folder: Path, chapter: Chapter, taken: Taken, exercises: Collection[str]
    ) -> None:
        self.chapter = chapter
        self._folder = folder
        self._taken = taken
        self._exercises = exercises

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return read_questions(self._content("quiz.yaml", self._taken.questions))

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        return read_notes(self._content("cards.yaml", self._taken.notes))

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        return tuple(card for note in self.notes for card in note.cards)

    @cached_property
    def card_ids(self) -> tuple[str, ...]:
        """The ids of `cards`, without parsing their file."""
        return tuple(summary(self._folder).cards)

    @property
    def faq(self) -> tuple[Faq, ...]:
        """What may be read before any exercise is passed."""
        return self.faq_after(())

    def faq_after(self, passed: Collection[str]) -> tuple[Faq, ...]:
        """With the answers that would have given away one of these exercises."""
        return tuple(faq for faq in self._faq if faq.waits_for is None or faq.waits_for in passed)

    @cached_property
    def _faq(self) -> tuple[Faq, ...]:
        return read_faq(self._content("faq.yaml", self._taken.faq), self._exercises)

    def _content(self, name: str, taken: dict[str, Path]) -> ContentFile:
        topics = tuple(topic.id for topic in self.chapter.topics)
        lesson = partial(sections, self.chapter)
        return ContentFile(self._folder / name, taken, self.chapter.id, topics, lesson)


class Bank:
    def __init__(self, catalog: Catalog) -> None:
        self._roots = [course.quizzes for course in catalog.course.parts]
        self._catalog = catalog
        self._taken = Taken()
        self._exercises = {exercise.id for exercise in catalog.exercises}
        self.chapters = tuple(
            ChapterBank(catalog.quizzes(chapter), chapter, self._taken, self._exercises)
            for chapter in catalog.chapters
        )

    def chapter(self, id: str) -> ChapterBank:
        """The part of the chapter with exactly this id."""
        self._catalog.chapter(id)
        return next(part for part in self.chapters if part.chapter.id == id)

    @cached_property
    def prerequisites(self) -> tuple[Question, ...]:
        """What a learner should know before chapter 1. Their topics belong to no chapter."""
        files = self._own("prerequisites.yaml", self._taken.questions)
        return tuple(chain.from_iterable(map(read_questions, files)))

    @property
    def questions(self) -> tuple[Question, ...]:
        """Those of all chapters, without the prerequisites."""
        return tuple(chain.from_iterable(part.questions for part in self.chapters))

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(chain.from_iterable(part.notes for part in self.chapters))

    @property
    def cards(self) -> tuple[Card, ...]:
        return tuple(chain.from_iterable(part.cards for part in self.chapters))

    @property
    def faq(self) -> tuple[Faq, ...]:
        return self.faq_after(())

    def faq_after(self, passed: Collection[str]) -> tuple[Faq, ...]:
        return tuple(chain.from_iterable(part.faq_after(passed) for part in self.chapters))

    @cached_property
    def glossary(self) -> tuple[Term, ...]:
        files = self._own("glossary.yaml")
        return tuple(chain.from_iterable(read_glossary(file, self._exercises) for file in files))

    @cached_property
    def timeline(self) -> tuple[Event, ...]:
        """Oldest first."""
        events = chain.from_iterable(map(read_timeline, self._own("timeline.yaml")))
        return tuple(sorted(events, key=lambda event: event.year))

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The most useful first."""
        return tuple(chain.from_iterable(map(read_resources, self._own("resources.yaml"))))

    @property
    def cheat_sheet(self) -> Path:
        """The course's own, or else that of the course that it comes after."""
        own, *others = [root / "cheatsheet.md" for root in reversed(self._roots)]
        return next((file for file in others if file.exists() and not own.exists()), own)

    def _own(self, name: str, taken: dict[str, Path] | None = None) -> list[ContentFile]:
        """That file of each course; their entries have no id in common."""
        taken = {} if taken is None else taken
        return [ContentFile(root / name, taken) for root in self._roots]


def load_bank(catalog: Catalog | None = None) -> Bank:
    """What the course of `catalog` asks, or ours; of a catalog that is read only once, one bank."""
    catalog = catalog or catalog_in(None)
    folder = catalog.course.folder
    return _bank_in(folder) if catalog is catalog_in(folder) else Bank(catalog)


@cache
def _bank_in(folder: Path | None) -> Bank:
    return Bank(catalog_in(folder))
