"""A lesson in its sections: `## Title {#anchor}` and what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exercises.catalog import Catalog, Chapter

HEADING = re.compile(r"^## (?P<title>.+?)[ \t]*\{#(?P<anchor>[\w-]+)\}[ \t]*$")
TAKEAWAYS = "Key takeaways"


@dataclass(frozen=True)
class Section:
    """`text` is Markdown, without the heading."""

    chapter: str
    anchor: str
    title: str
    text: str


def sections(chapter: Chapter) -> tuple[Section, ...]:
    """The sections of a chapter's lesson, in order; none where there is no lesson yet."""
    if not chapter.lesson.exists():
        return ()
    found: list[Section] = []
    heading: re.Match[str] | None = None
    lines: list[str] = []
    in_code = False

    def finish() -> None:
        if heading:
            text = "\n".join(lines).strip()
            found.append(Section(chapter.id, heading["anchor"], heading["title"], text))

    for line in chapter.lesson.read_text("utf-8").splitlines():
        in_code ^= line.startswith("```")
        new = None if in_code else HEADING.match(line)
        if new:
            finish()
            heading, lines = new, []
        else:
            lines.append(line)
    finish()
    return tuple(found)


def find_section(catalog: Catalog, anchor: str) -> Section | None:
    """The section with this anchor, in any chapter."""
    for chapter in catalog.chapters:
        for section in sections(chapter):
            if section.anchor == anchor:
                return section
    return None


def takeaways(chapter: Chapter) -> str | None:
    """What to remember of a chapter."""
    for section in sections(chapter):
        if section.title == TAKEAWAYS:
            return section.text
    return None
