"""A text of the course: paragraphs, lists, tables, code and formulas."""

from __future__ import annotations

from textual.content import Content
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Markdown
from textual.widgets._markdown import MarkdownFence

from tui.markdown import FORMULA, for_terminal

READING_WIDTH = 92
MARGINS = 12  # what stands to the sides of a text, and of a formula in it


class Fence(MarkdownFence):
    """Code with its highlighting; formulas and drawings as they are."""

    def __init__(self, markdown: Markdown, token: object, code: str) -> None:
        super().__init__(markdown, token, code)  # type: ignore[arg-type]
        self.add_class(self.lexer or "text")

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        if language in (FORMULA, "text", ""):
            return Content(code.rstrip("\n"))
        if code.lstrip().startswith(">>>"):
            language = "pycon"
        return highlight(code.rstrip("\n"), language=language, theme=HighlightTheme)


class Prose(Markdown):
    BLOCKS = Markdown.BLOCKS | {"fence": Fence, "code_block": Fence}

    def __init__(
        self, text: str = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes, open_links=False)
        self._text = text

    async def on_mount(self) -> None:
        if self._text:
            await self.show(self._text)

    async def show(self, text: str) -> None:
        self._text = text
        width = min(self.app.size.width, READING_WIDTH) - MARGINS
        await self.update(for_terminal(text, width))
