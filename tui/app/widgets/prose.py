"""A text of the course: paragraphs, lists, tables, code and formulas."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.highlight import HighlightTheme, highlight
from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownFence

from tui.app.widgets.table import BalancedTable
from tui.text.terminal import FORMULA_LANGUAGE, for_terminal

READING_WIDTH = 92
TEXT_MARGINS = 12  # what stands to the sides of a text, and of a formula in it


class Fence(MarkdownFence):
    """Code with its highlighting; formulas and drawings as they are."""

    def __init__(self, markdown: Markdown, token: object, code: str) -> None:
        super().__init__(markdown, token, code)  # type: ignore[arg-type]
        self.add_class(self.lexer or "text")

    @classmethod
    def highlight(cls, code: str, language: str, ansi: bool = False, dark: bool = False) -> Content:
        if language in (FORMULA_LANGUAGE, "text", ""):
            return Content(code.rstrip("\n"))
        if code.lstrip().startswith(">>>"):
            language = "pycon"
        return highlight(code.rstrip("\n"), language=language, theme=HighlightTheme)


class CourseText(Markdown):
    """`update` takes the course's Markdown."""

    BLOCKS = Markdown.BLOCKS | {"fence": Fence, "code_block": Fence, "table_open": BalancedTable}
    DEFAULT_CSS = """
    CourseText {
        max-width: 92;
        padding: 0;

        MarkdownFence {
            margin: 0 0 1 0;
            color: $foreground;
            background: $surface;
            overflow: hidden hidden;
            & > Label { padding: 0; width: 1fr; }
        }
        MarkdownFence.formula {
            background: transparent;
            & > Label { padding: 0 4; }
        }
        MarkdownBulletList, MarkdownOrderedList { margin: 0 0 1 0; }
        MarkdownTable { background: transparent; }
        MarkdownTableContent {
            keyline: none;
            grid-gutter: 0 1;
            & > .cell { text-overflow: fold; }
            & > .header { color: $text-muted; text-style: underline; text-overflow: fold; }
        }
        MarkdownBlockQuote {
            background: transparent;
            border-left: outer $accent;
            padding: 0 1;
            margin: 0 0 1 0;
        }
        MarkdownH1, MarkdownH2, MarkdownH3 {
            content-align: left middle;
            color: $foreground;
            background: transparent;
            text-style: bold;
            margin: 0 0 1 0;
        }
        MarkdownH1 { text-style: bold underline; }
        MarkdownBlock:dark > .code_inline, MarkdownBlock:light > .code_inline {
            background: transparent;
            color: $text-accent;
        }
    }
    """

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(text, id=id, open_links=False)

    def update(self, markdown: str) -> AwaitComplete:
        width = min(self.app.size.width, READING_WIDTH) - TEXT_MARGINS
        return super().update(for_terminal(markdown, width))
