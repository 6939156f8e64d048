"""A lesson in steps, each short enough for a screen.

A step holds whole blocks: a paragraph, a list, a table, a formula, an example. What belongs
together is not parted: a sentence that ends in a colon and what it announces, an exercise and what
leads to it. Where a step ends does not depend on the terminal, so that a learner who comes back
finds the place again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.text.lesson import ANCHOR

INTRODUCTION = "introduction"
PAGE = 19  # lines of a step, about, in a terminal of 80 columns
LEAST = 5  # a rest of fewer lines goes with the step before
WIDTH = 74

HEADING = re.compile(r"^(#{1,3}) (.+?)(?:[ \t]*\{#([\w-]+)\})?[ \t]*$")
EXERCISE = re.compile(r"^> \*\*Exercise\*\* (\w+)", re.MULTILINE)
FIGURE = re.compile(r"^> \*\*Figure\*\* (\w+)((?: \w+=[^\s—]+)*)(?: — (.*))?$", re.MULTILINE)
RUN_IN = re.compile(r"\*\*[^*]+[.:]\*\*")


@dataclass(frozen=True)
class FigureCall:
    """A figure of the Lab with the settings that the lesson wants, and what to look for."""

    name: str
    settings: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class LessonStep:
    """`id` is stable as long as the section's anchor is: `soft-lookup/overview/2`."""

    id: str
    section: str
    title: str
    part: str
    text: str

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(EXERCISE.findall(self.text))

    @property
    def figures(self) -> tuple[FigureCall, ...]:
        return tuple(
            FigureCall(name, tuple(settings.split()), says or "")
            for name, settings, says in FIGURE.findall(self.text)
        )

    @property
    def prose(self) -> str:
        """The text without what the app draws itself."""
        return FIGURE.sub("", self.text).strip()


@dataclass(frozen=True)
class _Part:
    """What stands between two headings."""

    section: str
    title: str
    name: str
    text: str


def steps(lesson: str) -> tuple[LessonStep, ...]:
    found: list[LessonStep] = []
    for part in _parts(lesson):
        for number, text in enumerate(_pages(_blocks(part.text)), start=1):
            place = "/".join(filter(None, (part.section, part.name.lower(), str(number))))
            found.append(LessonStep(place, part.section, part.title, part.name, text))
    return tuple(found)


def find(found: tuple[LessonStep, ...], target: str) -> int:
    """The place of a step by its id, or by the anchor of its section; 0 where it is gone."""
    for place, step in enumerate(found):
        if step.id == target:
            return place
    section = target.partition("/")[0]
    return next((place for place, step in enumerate(found) if step.section == section), 0)


def contents(found: Iterable[LessonStep]) -> list[tuple[int, str, str]]:
    """Where each part begins: the place of its first step, the section's title, the part's name."""
    listed: list[tuple[int, str, str]] = []
    for place, step in enumerate(found):
        if not listed or (step.title, step.part) != listed[-1][1:]:
            listed.append((place, step.title, step.part))
    return listed


def _parts(lesson: str) -> Iterator[_Part]:
    section, title, name = INTRODUCTION, "Introduction", ""
    lines: list[str] = []
    in_code = False
    for line in lesson.splitlines():
        in_code ^= line.startswith("```")
        heading = None if in_code else HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield _Part(section, title, name, "\n".join(lines))
        lines = []
        level, text, anchor = len(heading[1]), heading[2], heading[3]
        if level == 3:
            name = text
        elif level == 2:
            section, title, name = anchor or _slug(text), text, ""
    yield _Part(section, title, name, "\n".join(lines))


def _slug(title: str) -> str:
    return "-".join(re.findall(r"\w+", ANCHOR.sub("", title).lower()))


def _blocks(text: str) -> list[str]:
    """What blank lines part, code kept whole."""
    blocks: list[str] = []
    lines: list[str] = []
    in_code = False
    for line in [*text.splitlines(), ""]:
        in_code ^= line.startswith("```")
        if line.strip() or in_code:
            lines.append(line)
        elif lines:
            blocks.append("\n".join(lines))
            lines = []
    return blocks


def _pages(blocks: list[str]) -> list[str]:
    """Pages of about `PAGE` lines; a group of blocks that belong together is not parted."""
    pages: list[list[str]] = []
    room = 0
    for group in _groups(blocks):
        needed = sum(map(_height, group))
        ends_well = room < PAGE // 3 and RUN_IN.match(group[0])
        if not pages or needed > room or ends_well:
            pages.append([])
            room = PAGE
        pages[-1] += group
        room -= needed
    if len(pages) > 1 and sum(map(_height, pages[-1])) < LEAST:
        rest = pages.pop()
        pages[-1] += rest
    return ["\n\n".join(page) for page in pages]


def _groups(blocks: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for block in blocks:
        if group and not _belongs(group[-1], block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _belongs(before: str, block: str) -> bool:
    """Whether `block` must stand on the page of the one before it: an example with its text."""
    announced = before.rstrip().endswith(":") or before.startswith("### ")
    goes_on = block[:1].islower() or block.startswith(("```", "> **Exercise", "> **Figure", "$$"))
    return announced or (goes_on and not before.startswith("```"))


def _height(block: str) -> int:
    """Lines that a block takes in a terminal of 80 columns, with the one after it."""
    lines = block.splitlines()
    if block.startswith("```"):
        return len(lines)
    if block.startswith("$$"):
        return 5 if r"\frac" in block or r"\sum" in block or r"\begin" in block else 2
    if block.startswith("|"):
        return 2 * len(lines)
    if block.startswith("> **Figure"):
        return 12
    if re.match(r"[-*] |\d+\. ", block):
        return len(lines) + 1
    return 1 + -(-len(block) // WIDTH)
