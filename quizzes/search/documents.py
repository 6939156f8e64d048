"""What `learn search` finds: each document with the command that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exercises.course import Course
from exercises.lesson import sections

# A search whose index is there reads no YAML, and need not wait for what reads it.
if TYPE_CHECKING:
    from quizzes.bank import Bank

SEARCHED_FILES = {"cards.yaml", "faq.yaml", "glossary.yaml", "timeline.yaml", "resources.yaml"}

Sort = Literal["term", "lesson", "exercise", "faq", "card", "event", "resource"]


@dataclass(frozen=True)
class Document:
    sort: Sort
    id: str
    title: str
    text: str
    command: str


def files(course: Course) -> list[Path]:
    """All that `documents` reads. Questions are left out: a search shall not give answers away."""
    found: list[Path] = []
    for part in course.parts:
        found += [*part.exercises.glob("ch*/chapter.yaml"), *part.exercises.glob("ch*/lesson.md")]
        found += [file for file in part.quizzes.rglob("*.yaml") if file.name in SEARCHED_FILES]
    return sorted(found)


def documents(bank: Bank) -> Iterator[Document]:
    for term in bank.glossary:
        text = f"{term.short}\n\n{term.long}"
        yield Document("term", term.id, term.term, text, f"learn glossary {term.id}")
    for part in bank.chapters:
        topics = {topic.id for topic in part.chapter.topics}
        for section in sections(part.chapter):
            if section.anchor is None:
                continue
            # `Key takeaways` and its like are in every lesson.
            of = "" if section.anchor in topics else f": {part.chapter.title}"
            title, command = f"{section.title}{of}", f"learn read {section.anchor}"
            yield Document("lesson", section.anchor, title, section.text, command)
        for exercise in part.chapter.exercises:
            command = f"learn check --watch {exercise.id}"
            title = exercise.named
            yield Document("exercise", exercise.id, title, exercise.summary, command)
        for faq in part.faq:
            yield Document("faq", faq.id, faq.question, faq.answer, f"learn faq {faq.id}")
        for note in part.notes:
            yield Document("card", note.id, note.text, note.back, f"learn read {note.topic}")
    for event in bank.timeline:
        title = f"{event.year}: {event.title}"
        yield Document("event", event.id, title, event.text, "learn timeline")
    for resource in bank.resources:
        text = f"{resource.authors}, {resource.year}. {resource.why}"
        yield Document("resource", resource.id, resource.title, text, "learn resources")
