"""A lesson in steps, each short enough for a screen.

A step holds whole blocks: a paragraph, a list, a table, a formula, an example. What belongs
together is not parted: a sentence that announces something and what it announces, an exercise and
what leads to it. Where a step ends does not depend on the terminal, so that a learner who comes
back finds the place again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exercises.catalog import Chapter
from exercises.lesson import (
    Block,
    Code,
    ExerciseLine,
    FigureCall,
    FigureLine,
    Formula,
    Items,
    Lesson,
    Section,
    Table,
)

INTRODUCTION = "introduction"
PAGE = 19  # lines of a step, about, in a terminal of 80 columns
LEAST = 5  # a rest of fewer lines goes with the step before
WIDTH = 74

# `as follows:`, `Three limits follow.`, `**What goes wrong:**`
ANNOUNCES = re.compile(r"(:|\bfollows?\.)\**$")
RUN_IN = re.compile(r"\*\*[^*]+[.:]\*\*")


@dataclass(frozen=True)
class LessonStep:
    """`id` is stable as long as the section's anchor is: `soft-lookup/overview/2`. `topic` is the
    one in whose sitting it is read."""

    id: str
    section: str
    title: str
    part: str
    topic: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return _joined(self.blocks)

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(block.id for block in self.blocks if isinstance(block, ExerciseLine))

    @property
    def figures(self) -> tuple[FigureCall, ...]:
        return tuple(block.call for block in self.blocks if isinstance(block, FigureLine))

    @property
    def flow(self) -> tuple[str | FigureCall, ...]:
        """The text and the figures that the app draws, in the order in which they stand."""
        parts: list[str | FigureCall] = []
        text: list[Block] = []
        for block in (*self.blocks, None):
            if text and not (block and not isinstance(block, FigureLine)):
                parts.append(_joined(text))
                text = []
            if isinstance(block, FigureLine):
                parts.append(block.call)
            elif block:
                text.append(block)
        return tuple(parts)


def steps(lesson: Lesson, chapter: Chapter) -> tuple[LessonStep, ...]:
    found: list[LessonStep] = []
    for section, topic in lesson.topics(chapter):
        anchor = INTRODUCTION if section is lesson.introduction else _anchor(section)
        for part in section.parts:
            for number, blocks in enumerate(_pages(part.blocks), start=1):
                place = "/".join(filter(None, (anchor, part.title.lower(), str(number))))
                found.append(LessonStep(place, anchor, section.title, part.title, topic, blocks))
    return tuple(found)


def find(found: tuple[LessonStep, ...], target: str, mistake: str = "") -> int:
    """The place of a step by its id, or by the anchor of its section; 0 where it is gone.

    In a section, that of the step which lists a mistake by its id, if one does.
    """
    for place, step in enumerate(found):
        if step.id == target:
            return place
    section = target.partition("/")[0]
    places = [place for place, step in enumerate(found) if step.section == section]
    listing = (place for place in places if mistake and f"(`{mistake}`)" in found[place].text)
    return next(listing, next(iter(places), 0))


def contents(found: Iterable[LessonStep]) -> list[tuple[int, str, str]]:
    """Where each part begins: the place of its first step, the section's title, the part's name."""
    listed: list[tuple[int, str, str]] = []
    for place, step in enumerate(found):
        if not listed or (step.title, step.part) != listed[-1][1:]:
            listed.append((place, step.title, step.part))
    return listed


def _anchor(section: Section) -> str:
    return section.anchor or "-".join(re.findall(r"\w+", section.title.lower()))


def _joined(blocks: Iterable[Block]) -> str:
    return "\n\n".join(block.text for block in blocks)


def _pages(blocks: Iterable[Block]) -> list[tuple[Block, ...]]:
    """Pages of about `PAGE` lines; a group of blocks that belong together is not parted."""
    pages: list[list[Block]] = []
    room = 0
    for group in _groups(blocks):
        needed = sum(map(_height, group))
        ends_well = room < PAGE // 3 and RUN_IN.match(group[0].text)
        if not pages or needed > room or ends_well:
            pages.append([])
            room = PAGE
        pages[-1] += group
        room -= needed
    if len(pages) > 1 and sum(map(_height, pages[-1])) < LEAST:
        rest = pages.pop()
        pages[-1] += rest
    return [tuple(page) for page in pages]


def _groups(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        if group and not _belongs(group[-1], block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _belongs(before: Block, block: Block) -> bool:
    """Whether `block` must stand on the page of the one before it: an example with its text."""
    if ANNOUNCES.search(before.text.rstrip()):
        return True
    goes_on = isinstance(block, Code | ExerciseLine | FigureLine | Formula)
    return (goes_on or block.text[:1].islower()) and not isinstance(before, Code)


def _height(block: Block) -> int:
    """Lines that a block takes in a terminal of 80 columns, with the one after it."""
    lines = len(block.text.splitlines())
    match block:
        case Code():
            return lines
        case Formula(text=text):
            return 5 if r"\frac" in text or r"\sum" in text or r"\begin" in text else 2
        case Table():
            return 2 * lines
        case FigureLine():
            return 12
        case Items():
            return lines + 1
        case _:
            return 1 + -(-len(block.text) // WIDTH)
