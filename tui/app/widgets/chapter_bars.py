"""A bar for each chapter: how many of its exercises are passed, and of its topics are read."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widget import Widget

from tui.app import messages
from tui.study.overview import ChapterBar
from tui.study.targets import MapTarget
from tui.text.words import fitted

NARROW, WIDE, SHORTEST = 16, 30, 8
FACTS = len("10    " + "  10 of 10  6 of 6 topics read")  # beside the name and the bar


class ChapterBars(Widget):
    def __init__(self) -> None:
        super().__init__()
        self._chapters: tuple[ChapterBar, ...] = ()

    def show(self, chapters: tuple[ChapterBar, ...]) -> None:
        self._chapters = chapters
        self.refresh(layout=True)

    def on_click(self, event: Click) -> None:
        if chapter := event.style.meta.get("chapter"):
            self.post_message(messages.Go.to(MapTarget(chapter)))

    def render(self) -> Content:
        width = WIDE if self.size.width >= 100 else NARROW
        longest = max((len(chapter.title) for chapter in self._chapters), default=0)
        name = max(SHORTEST, min(longest, self.size.width - width - FACTS))
        return Content("\n").join(_line(chapter, name, width) for chapter in self._chapters)


def _line(chapter: ChapterBar, name: int, width: int) -> Content:
    filled = round(width * chapter.passed / chapter.total) if chapter.total else 0
    return Content.assemble(
        (f"{chapter.number:>2}  ", "$text-muted"),
        f"{fitted(chapter.title, name):<{name}}  ",
        ("━" * filled, "$accent"),
        ("┄" * (width - filled), "$text-muted"),
        f"  {chapter.passed:>2} of {chapter.total:<2}",
        (_reading(chapter), "$text-muted"),
    ).stylize(Style.from_meta({"chapter": chapter.id}))


def _reading(chapter: ChapterBar) -> str:
    if not chapter.topics_read:
        return ""
    if chapter.topics_read == chapter.topics:
        return "  lesson read"
    return f"  {chapter.topics_read} of {chapter.topics} topics read"
