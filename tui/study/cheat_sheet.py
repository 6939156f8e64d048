"""The tabs of the sheet: the whole course, each chapter, the timeline, the resources. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from exercises.catalog import Catalog
from exercises.files import course_text
from exercises.lesson import takeaways
from quizzes.bank import Bank
from quizzes.study_aids import Event, Resource

COURSE, TIMELINE, RESOURCES = "course", "timeline", "resources"
CHAPTER = re.compile(r"^## (\d+) · ", re.MULTILINE)
NO_SHEET = "There is no cheat sheet for this chapter yet."


@dataclass(frozen=True)
class SheetTab:
    """`text` is Markdown."""

    id: str
    name: str
    text: str

    @property
    def sections(self) -> list[str]:
        """The text in its parts, one at least."""
        parts = re.split(r"^(?=## )", self.text, flags=re.MULTILINE)
        return list(filter(None, parts)) or [self.text]


def tabs(catalog: Catalog, bank: Bank) -> tuple[SheetTab, ...]:
    sheet = course_text(bank.cheat_sheet) if bank.cheat_sheet.exists() else ""
    by_number = chapters(sheet)
    found = [SheetTab(COURSE, "Course", sheet or NO_SHEET)]
    for chapter in catalog.chapters:
        parts = [by_number.get(chapter.number), _takeaways(takeaways(chapter))]
        text = "\n\n".join(filter(None, parts)) or f"## {chapter.title}\n\n{NO_SHEET}"
        found.append(SheetTab(chapter.id, str(chapter.number), text))
    found.append(SheetTab(TIMELINE, "Timeline", timeline(bank.timeline)))
    found.append(SheetTab(RESOURCES, "Resources", resources(bank.resources)))
    return tuple(found)


def chapters(sheet: str) -> dict[int, str]:
    """The sheet's section of each chapter, by the chapter's number."""
    starts = list(CHAPTER.finditer(sheet))
    ends = [match.start() for match in starts[1:]] + [_end(sheet, starts)]
    return {
        int(match[1]): sheet[match.start() : end].strip()
        for match, end in zip(starts, ends, strict=False)
    }


def timeline(events: Iterable[Event]) -> str:
    return "\n\n".join(
        f"**{event.year}** · **{event.title}**{_of(event.chapter)}\n\n{event.text.strip()}\n\n"
        f"*{event.source}*"
        for event in events
    )


def resources(entries: Iterable[Resource]) -> str:
    return "\n\n".join(
        f"**[{entry.title}]({entry.url})** · {entry.kind}\n\n"
        f"{entry.about}. {entry.why.strip()}\n\n{entry.url}"
        for entry in entries
    )


def _takeaways(text: str | None) -> str | None:
    return f"## Key takeaways\n\n{text}" if text else None


def _of(chapter: int | None) -> str:
    return f" · chapter {chapter}" if chapter else ""


def _end(sheet: str, starts: list[re.Match[str]]) -> int:
    """Where the last chapter ends: at the next heading that is no chapter's, or at the end."""
    if not starts:
        return len(sheet)
    after = re.compile(r"^## ", re.MULTILINE).search(sheet, starts[-1].end())
    return after.start() if after else len(sheet)
