"""A bar for each chapter: how many of its exercises are passed, and whether its lesson is read."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from tui.overview import ChapterBar

NARROW, WIDE = 16, 30


class ChapterBars(Widget):
    def __init__(self) -> None:
        super().__init__()
        self._chapters: tuple[ChapterBar, ...] = ()

    def show(self, chapters: tuple[ChapterBar, ...]) -> None:
        self._chapters = chapters
        self.refresh(layout=True)

    def render(self) -> Content:
        width = WIDE if self.size.width >= 100 else NARROW
        name = max((len(chapter.title) for chapter in self._chapters), default=0)
        return Content("\n").join(_line(chapter, name, width) for chapter in self._chapters)


def _line(chapter: ChapterBar, name: int, width: int) -> Content:
    filled = round(width * chapter.passed / chapter.total) if chapter.total else 0
    return Content.from_markup(
        f"[@click=app.go('map', '{chapter.id}')][$text-muted]{chapter.number:>2}[/]"
        f"  $title  [$accent]{'━' * filled}[/][$text-muted]{'┄' * (width - filled)}[/]"
        f"  {chapter.passed:>2} of {chapter.total:<2}  [$text-muted]$read[/][/]",
        title=f"{chapter.title:<{name}}",
        read="read" if chapter.is_read else "",
    )
