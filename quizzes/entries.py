"""The smaller entries of the course: FAQ, glossary, timeline, resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ResourceKind = Literal["paper", "guide", "lecture", "tool", "book"]
RESOURCE_KINDS: tuple[ResourceKind, ...] = get_args(ResourceKind)


@dataclass(frozen=True)
class Faq:
    id: str
    chapter: str
    topic: str
    question: str
    answer: str


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
