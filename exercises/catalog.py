"""The course as data: chapters and exercises, read from the folders of a `Course`.

A chapter is a folder `ch01_attention` with a `chapter.yaml`. docs/authoring.md explains its keys.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePath

from exercises.course import OURS, Course
from exercises.errors import CatalogError, NoCourse, UnknownChapter, UnknownExercise, UnknownTopic
from exercises.names import look_up
from exercises.yaml_mapping import Fields

__all__ = [
    "Catalog",
    "CatalogError",
    "Chapter",
    "Exercise",
    "Forbidden",
    "Limits",
    "Topic",
    "UnknownChapter",
    "UnknownExercise",
    "UnknownTopic",
    "catalog_in",
    "load_catalog",
]

MIN_HINTS = 3


@dataclass(frozen=True)
class Topic:
    id: str
    title: str
    reading_only: bool = False


@dataclass(frozen=True)
class Forbidden:
    """Calls that would skip the point of an exercise, and what to do instead."""

    names: tuple[str, ...]
    instead: str


@dataclass(frozen=True)
class Limits:
    """What a submission may use: seconds for each hidden test and for all of them, and memory."""

    seconds: float = 5.0
    total_seconds: float = 20.0
    memory_mb: int = 1024


@dataclass(frozen=True)
class Exercise:
    id: str
    title: str
    summary: str
    chapter: str
    topics: tuple[str, ...]
    needs: tuple[str, ...]
    difficulty: int
    entry: tuple[str, ...]
    hints: tuple[str, ...]
    forbidden: tuple[Forbidden, ...]
    limits: Limits
    source: str
    stub: Path
    suite: Path

    @property
    def named(self) -> str:
        """How it is called where it is first spoken of: its title, and the id that one types."""
        return f"{self.title} ({self.id})"

    @property
    def topic(self) -> str:
        """Whose sitting it belongs to: the lesson reaches it there."""
        return self.topics[0]


@dataclass(frozen=True)
class Chapter:
    id: str
    number: int
    title: str
    summary: str
    topics: tuple[Topic, ...]
    exercises: tuple[Exercise, ...]
    folder: Path

    @property
    def lesson(self) -> Path:
        return self.folder / "lesson.md"

    def exercises_of(self, topic: str) -> tuple[Exercise, ...]:
        """Those of the topic's own sitting."""
        return tuple(exercise for exercise in self.exercises if exercise.topic == topic)

    def topic_of_each(self, anchors: Iterable[str | None]) -> Iterator[str]:
        """Of the sections of the lesson in order, the introduction first, the topic that each
        belongs to: what is of none to the one before it, or to the first."""
        known = [topic.id for topic in self.topics]
        current = known[0] if known else ""
        for anchor in anchors:
            current = anchor if anchor in known else current
            yield current


@dataclass(frozen=True)
class Catalog:
    chapters: tuple[Chapter, ...]
    course: Course = OURS

    @cached_property
    def topics(self) -> dict[str, tuple[Chapter, Topic]]:
        """Every topic of the course by its id, in order, with its chapter."""
        return {topic.id: (chapter, topic) for chapter in self.chapters for topic in chapter.topics}

    def topics_in(self, ids: Collection[str]) -> frozenset[str]:
        """The topics among `ids`, and all those of the chapters among them."""
        return frozenset(
            topic
            for topic, (chapter, _) in self.topics.items()
            if topic in ids or chapter.id in ids
        )

    @cached_property
    def exercises(self) -> tuple[Exercise, ...]:
        """All exercises, in the order in which a learner meets them."""
        return tuple(exercise for chapter in self.chapters for exercise in chapter.exercises)

    def quizzes(self, chapter: Chapter) -> Path:
        """The folder of what the chapter asks."""
        course, after = self.course, self.course.after
        if after and chapter.folder.parent == after.exercises:
            course = after
        return course.quizzes / chapter.id

    @property
    def own_exercises(self) -> tuple[Exercise, ...]:
        """Those of the course itself, without what it stands beside."""
        root = self.course.exercises
        return tuple(exercise for exercise in self.exercises if exercise.stub.is_relative_to(root))

    @cached_property
    def _exercises_by_id(self) -> dict[str, Exercise]:
        return {exercise.id: exercise for exercise in self.exercises}

    def exercise(self, id: str) -> Exercise:
        """The exercise with exactly this id."""
        try:
            return self._exercises_by_id[id]
        except KeyError:
            meant, closest = look_up(id, list(self._exercises_by_id))
            raise UnknownExercise(id, (meant,) if meant else closest) from None

    def chapter(self, id: str) -> Chapter:
        """The chapter with exactly this id."""
        for chapter in self.chapters:
            if chapter.id == id:
                return chapter
        raise UnknownChapter(id, tuple(chapter.id for chapter in self.chapters))

    def find(self, text: str) -> Exercise:
        """The exercise that a person means: an id, a part of it, a near miss, or a file."""
        is_file = text.endswith(".py") or "/" in text or "\\" in text
        # A Windows path is understood everywhere; no id holds a backslash.
        name = PurePath(text.replace("\\", "/")).stem if is_file else text.strip()
        found, closest = look_up(name, list(self._exercises_by_id))
        if found is None:
            raise UnknownExercise(name, closest)
        return self.exercise(found)

    def find_chapter(self, text: str) -> Chapter:
        """The chapter that a person means: `2`, `ch02`, `ch02_self_attention`, `self-attention`."""
        for chapter in self.chapters:
            if text.lower().removeprefix("ch").lstrip("0") == str(chapter.number):
                return chapter
        found, closest = look_up(text, [chapter.id for chapter in self.chapters])
        if found is None:
            raise UnknownChapter(text, closest)
        return self.chapter(found)

    def find_part(self, text: str) -> tuple[Chapter, Topic | None]:
        """The topic that a person means by its id, or else the chapter."""
        if text in self.topics:
            return self.topics[text]
        try:
            return self.find_chapter(text), None
        except UnknownChapter as unknown:
            found, closest = look_up(text, list(self.topics))
            if found is None:
                raise UnknownTopic(text, (*closest, *unknown.closest)) from None
            return self.topics[found]


def load_catalog(course: Course | None = None) -> Catalog:
    """Read and check every chapter of `course`; our own is read only once."""
    return _read_catalog(course) if course else catalog_in(None)


@cache
def catalog_in(folder: Path | None) -> Catalog:
    """Of a teacher's own course in `folder`, or of ours. Each is read only once.

    Raises `NoCourse` where the folder has no chapter.
    """
    catalog = _read_catalog(Course.in_folder(folder) if folder else OURS)
    if folder and not any(catalog.own_exercises):
        raise NoCourse(folder)
    return catalog


def _read_catalog(course: Course) -> Catalog:
    exercises: set[str] = set()
    topics: set[str] = set()
    chapters: dict[int, Chapter] = {}
    for part in course.parts:
        for file in sorted(part.exercises.glob("ch*/chapter.yaml")):
            chapter = _read_chapter(file.parent, part, exercises, topics)
            other = chapters.setdefault(chapter.number, chapter)
            if other is not chapter:
                raise CatalogError(file, f"its folder has the number of {other.id}; choose another")
    return Catalog(tuple(chapters.values()), course)


def _read_chapter(folder: Path, course: Course, exercises: set[str], topics: set[str]) -> Chapter:
    """The exercises and topics of the course so far; this chapter's are added to them."""
    file = folder / "chapter.yaml"
    numbered = re.fullmatch(r"ch(\d+)_\w+", folder.name)
    if not numbered:
        raise CatalogError(file, "its folder must be named like `ch01_attention`")
    fields = Fields.of_file(file)
    own_topics = tuple(_read_topics(fields, topics))
    topic_ids = {topic.id for topic in own_topics}
    chapter = Chapter(
        id=folder.name,
        number=int(numbered[1]),
        title=fields.text("title"),
        summary=fields.text("summary"),
        topics=own_topics,
        exercises=tuple(
            _read_exercise(entry, folder, course, topic_ids, exercises)
            for entry in fields.mappings("exercises")
        ),
        folder=folder,
    )
    fields.finish()
    return chapter


def _read_topics(fields: Fields, seen: set[str]) -> Iterator[Topic]:
    for entry in fields.mappings("topics"):
        id = entry.text("id")
        if id in seen:
            raise entry.mistake(f"{id!r} is already the id of another topic", "id")
        seen.add(id)
        reading_only = entry.has("reading_only") and entry.flag("reading_only")
        yield Topic(id, entry.text("title"), reading_only)
        entry.finish()


def _read_exercise(
    fields: Fields, folder: Path, course: Course, topics: set[str], seen: set[str]
) -> Exercise:
    id = fields.text("id")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", id):
        raise fields.mistake(f"{id!r} must be lower-case letters, digits and `_`", "id")
    if id in seen:
        raise fields.mistake(f"{id!r} is already the id of another exercise", "id")
    exercise = Exercise(
        id=id,
        title=fields.text("title"),
        summary=fields.text("summary"),
        chapter=folder.name,
        topics=_known(fields, "topics", topics, "is no topic of this chapter", at_least=1),
        # Needing only what comes before also rules out that two exercises wait for each other.
        needs=_known(fields, "needs", seen, "is no exercise that comes before this one"),
        difficulty=fields.whole("difficulty", 1, 5),
        entry=fields.texts("entry", at_least=1),
        hints=fields.texts("hints", at_least=MIN_HINTS),
        forbidden=tuple(_read_forbidden(fields)),
        limits=_read_limits(fields.mapping("limits")) if fields.has("limits") else Limits(),
        source=fields.text("source"),
        stub=folder / f"{id}.py",
        suite=course.suites / folder.name / id,
    )
    fields.finish()
    seen.add(id)
    return exercise


def _known(
    fields: Fields, key: str, known: set[str], otherwise: str, at_least: int = 0
) -> tuple[str, ...]:
    ids = fields.texts(key, at_least)
    for index, id in enumerate(ids):
        if id not in known:
            raise fields.mistake(f"{id!r} {otherwise}", key, index)
    return ids


def _read_forbidden(fields: Fields) -> Iterator[Forbidden]:
    if not fields.has("forbidden"):
        return
    for entry in fields.mappings("forbidden"):
        yield Forbidden(entry.texts("names", at_least=1), entry.text("instead"))
        entry.finish()


def _read_limits(fields: Fields) -> Limits:
    seconds, memory_mb = Limits.seconds, Limits.memory_mb
    if fields.has("seconds"):
        seconds = fields.number("seconds", 0.1, 600)
    if fields.has("memory_mb"):
        memory_mb = fields.whole("memory_mb", 64, 65536)
    fields.finish()
    # As many tests as by default may take all their time.
    total_seconds = max(Limits.total_seconds, seconds * Limits.total_seconds / Limits.seconds)
    return Limits(seconds, total_seconds, memory_mb)
