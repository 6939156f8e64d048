"""A lesson in its sections, parts and blocks: all that is known of the format of `lesson.md`.

    # Title                                      Lesson, with an introduction
    ## Title {#anchor}                           Section
    ### Overview                                 Part
    text, list, | table, $$, ```                 Prose, Items, Table, Formula, Code
    > **Exercise** id — what it is about.        ExerciseLine
    > **Figure** name key=value — what to see.   FigureLine

What stands in a code block is code: no heading and no exercise. The app shows the Markdown of each
block as it was written, and a parser of Markdown does not keep it; so a lesson is read by lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from exercises.files import course_text

if TYPE_CHECKING:
    from exercises.catalog import Catalog, Chapter, Topic

TAKEAWAYS = "Key takeaways"

HEADING = re.compile(r"(?P<marks>#{1,6}) (?P<title>.+?)(?:[ \t]*\{#(?P<anchor>[\w-]+)\})?[ \t]*")
FENCE = re.compile(r" {0,3}(?P<marks>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<language>\S*).*")
EXERCISE = re.compile(r"> \*\*Exercise\*\* (?P<id>\w+)(?: — (?P<says>.*))?.*")
FIGURE = re.compile(
    r"> \*\*Figure\*\* (?P<name>\w+)(?P<settings>(?: \w+=[^\s—]+)*)(?: — (?P<says>.*))?"
)
ITEM = re.compile(r"[-*] |\d+\. ")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", re.DOTALL)
WORD = re.compile(r"[^\W_][\w.,'%-]*")


@dataclass(frozen=True)
class Block:
    """`text` is its Markdown as it was written; `line` is the number of its first line."""

    line: int
    text: str


class Prose(Block):
    """A paragraph, or whatever the format has no other name for."""


class Items(Block):
    """A list, or those of its items that no blank line parts."""


class Table(Block):
    pass


class Formula(Block):
    """What stands on lines of its own between `$$`."""


@dataclass(frozen=True)
class Code(Block):
    """`code` has the lines between the fences; not `closed` where the lesson ends before."""

    language: str
    code: tuple[str, ...]
    closed: bool


@dataclass(frozen=True)
class ExerciseLine(Block):
    id: str
    says: str


@dataclass(frozen=True)
class FigureCall:
    """A figure of the Lab with the settings that the lesson wants, and what to look for."""

    name: str
    settings: tuple[str, ...]
    says: str


@dataclass(frozen=True)
class FigureLine(Block):
    call: FigureCall


@dataclass(frozen=True)
class Part:
    """`title` is empty, and `line` the section's, for what stands before the first `###`."""

    line: int
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    """`text` is all of its Markdown without its heading. Nothing can lead to it without anchor."""

    line: int
    title: str
    anchor: str | None
    parts: tuple[Part, ...]
    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(chain.from_iterable(part.blocks for part in self.parts))


@dataclass(frozen=True)
class Lesson:
    """The introduction is what stands before the first section; it has no anchor."""

    title: str
    introduction: Section
    sections: tuple[Section, ...]

    @property
    def all_sections(self) -> tuple[Section, ...]:
        """With the introduction, which comes first."""
        return (self.introduction, *self.sections)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(chain.from_iterable(section.blocks for section in self.all_sections))

    def topics(self, chapter: Chapter) -> tuple[tuple[Section, str], ...]:
        """Every section with the topic that it belongs to."""
        topics = chapter.topic_of_each(section.anchor for section in self.all_sections)
        return tuple(zip(self.all_sections, topics, strict=True))

    def of_topic(self, chapter: Chapter, topic: Topic) -> tuple[Section, ...]:
        """What is read in the topic's sitting."""
        return tuple(
            section for section, of in self.topics(chapter) if of == topic.id and section.text
        )


def words_in(blocks: Iterable[Block]) -> int:
    """Those of sentences, lists and tables; a formula is one, and code is none."""
    prose = "\n".join(block.text for block in blocks if not isinstance(block, Code))
    return len(WORD.findall(FORMULA.sub(" formula ", prose)))


def sections(chapter: Chapter) -> tuple[Section, ...]:
    """The sections of a chapter's lesson, in order; none where there is no lesson yet."""
    return load_lesson(chapter.lesson).sections if chapter.lesson.exists() else ()


def find_section(catalog: Catalog, anchor: str) -> Section | None:
    """The section with this anchor, in any chapter."""
    found = chain.from_iterable(map(sections, catalog.chapters))
    return next((section for section in found if section.anchor == anchor), None)


def takeaways(chapter: Chapter) -> str | None:
    """What to remember of a chapter."""
    found = (section.text for section in sections(chapter) if section.title == TAKEAWAYS)
    return next(found, None)


def load_lesson(file: Path) -> Lesson:
    """Parsed anew only where the file has changed. Raises OSError where there is none,
    `CatalogError` where it is no text."""
    status = file.stat()
    return _load(file, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=32)
def _load(file: Path, changed: int, size: int) -> Lesson:
    return parse(course_text(file))


@dataclass(frozen=True)
class Line:
    """`fence` is the number of the line that opens the code block it stands in; 0 outside."""

    number: int
    text: str
    fence: int


def scan(lines: Iterable[str]) -> Iterator[Line]:
    """What is code and what is not. A fence is closed by one of its kind, and no shorter."""
    opened, marks = 0, ""
    for number, line in enumerate(lines, start=1):
        if opened:
            yield Line(number, line, opened)
            if _closes(line, marks):
                opened = 0
            continue
        if fence := FENCE.fullmatch(line):
            opened, marks = number, fence["marks"]
        yield Line(number, line, opened)


def _closes(line: str, marks: str) -> bool:
    """A closing fence names no language."""
    fence = FENCE.fullmatch(line)
    return fence is not None and line.strip().startswith(marks) and set(line.strip()) == {marks[0]}


def parse(text: str) -> Lesson:
    title, found = "", [_Section(0, "Introduction", None)]
    for line in scan(text.splitlines()):
        heading = None if line.fence else HEADING.fullmatch(line.text)
        level = len(heading["marks"]) if heading else 0
        if heading and level == 1:
            title = title or heading["title"]
        elif heading and level == 2:
            found.append(_Section(line.number, heading["title"], heading["anchor"]))
        else:  # deeper headings are prose
            found[-1].add(line, heading["title"] if heading and level == 3 else None)
    introduction, *others = (section.finished() for section in found)
    return Lesson(title, introduction, tuple(others))


class _Section:
    """A section whose lines are still coming."""

    def __init__(self, line: int, title: str, anchor: str | None) -> None:
        self._line, self._title, self._anchor = line, title, anchor
        self._texts: list[str] = []
        self._parts: list[tuple[int, str, list[Line]]] = [(line, "", [])]

    def add(self, line: Line, part: str | None) -> None:
        """`part` is the title of the part that begins at this line, if one does."""
        self._texts.append(line.text)
        if part:
            self._parts.append((line.number, part, []))
        else:
            self._parts[-1][2].append(line)

    def finished(self) -> Section:
        parts = (Part(at, title, tuple(_blocks(lines))) for at, title, lines in self._parts)
        kept = tuple(part for part in parts if part.title or part.blocks)
        text = "\n".join(self._texts).strip()
        return Section(self._line, self._title, self._anchor, kept, text)


def _blocks(lines: Iterable[Line]) -> Iterator[Block]:
    """What blank lines part; a code block, an exercise and a figure are each one of their own."""
    block: list[Line] = []
    for line in lines:
        alone = not line.fence and _call(line) is not None
        ends = not line.fence and not line.text.strip()
        if block and (ends or alone or line.fence != block[-1].fence or _call(block[-1])):
            yield _block(block)
            block = []
        if not ends:
            block.append(line)
    if block:
        yield _block(block)


def _block(lines: list[Line]) -> Block:
    first, text = lines[0], "\n".join(line.text for line in lines)
    if first.fence:
        return _code(lines, text)
    if call := _call(first):
        return call
    if text.startswith("$$"):
        return Formula(first.number, text)
    if text.startswith("|"):
        return Table(first.number, text)
    return (Items if ITEM.match(text) else Prose)(first.number, text)


def _code(lines: list[Line], text: str) -> Code:
    fence = FENCE.fullmatch(lines[0].text)
    assert fence
    closed = len(lines) > 1 and _closes(lines[-1].text, fence["marks"])
    code = tuple(line.text for line in lines[1 : -1 if closed else None])
    return Code(lines[0].number, text, fence["language"], code, closed)


def _call(line: Line) -> ExerciseLine | FigureLine | None:
    if line.fence or not line.text.startswith("> **"):
        return None
    if found := EXERCISE.fullmatch(line.text):
        return ExerciseLine(line.number, line.text, found["id"], found["says"] or "")
    if call := figure_call(line.text):
        return FigureLine(line.number, line.text, call)
    return None


def figure_call(line: str) -> FigureCall | None:
    """The figure that a line of a lesson, outside of code, asks for."""
    found = FIGURE.fullmatch(line)
    if not found:
        return None
    return FigureCall(found["name"], tuple(found["settings"].split()), found["says"] or "")
