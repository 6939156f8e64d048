"""A list to choose from, by the arrows, vim's keys or the mouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.segment import Segment
from textual.binding import Binding
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

CURSOR, NO_CURSOR = "› ", "  "
MARK = len(CURSOR)

Choice = tuple[str, Content]
"""An id, and the line that is shown for it."""


@dataclass(frozen=True)
class Marked(Visual):
    """A text behind a mark. Its further lines begin below its first, and not below the mark."""

    mark: str
    text: Content

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        lines = self.text.render_strips(max(1, width - MARK), height, style, options)
        marks = [self.mark, *[NO_CURSOR] * (len(lines) - 1)]
        return [
            Strip([Segment(mark, style.rich_style), *line])
            for mark, line in zip(marks, lines, strict=True)
        ]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return MARK + self.text.get_optimal_width(rules, container_width - MARK)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.text.get_height(rules, max(1, width - MARK))


class Menu(OptionList):
    """The line under the cursor has a mark of its own, for terminals without colour."""

    DEFAULT_CSS = """
    Menu, Menu:focus {
        height: auto;
        max-height: 100%;
        border: none;
        padding: 0;
        background: transparent;
        scrollbar-size-vertical: 1;
        & > .option-list--option-highlighted {
            background: $panel;
            color: $foreground;
            text-style: none;
        }
    }
    """
    BINDINGS = [
        Binding("down,j", "cursor_down", "Move", key_display="↑↓", tooltip="The line below"),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("G", "last", "Last", show=False),
        Binding("enter", "select", "Choose", tooltip="Choose this"),
    ]

    def __init__(self, *choices: Choice, id: str | None = None) -> None:
        super().__init__(id=id)
        self._prompts: list[Content] = []
        self._marked: int | None = None
        self.fill(choices)

    def fill(self, choices: Iterable[Choice]) -> None:
        """Show these in place of what was there."""
        choices = list(choices)
        self._prompts = [line for _, line in choices]
        self._marked = None
        self.clear_options()
        self.add_options(Option(Marked(NO_CURSOR, line), id=id) for id, line in choices)
        if self.is_mounted:
            self.highlighted = 0 if choices else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A list that is there as a whole has no pages: what it lies in is turned."""
        return bool(self.max_scroll_y) if action in ("page_up", "page_down") else True

    def on_mount(self) -> None:
        self.highlighted = 0 if self._prompts else None

    def watch_highlighted(self, highlighted: int | None) -> None:
        super().watch_highlighted(highlighted)
        for place, mark in ((self._marked, NO_CURSOR), (highlighted, CURSOR)):
            if place is not None and place < len(self._prompts):
                self.replace_option_prompt_at_index(place, Marked(mark, self._prompts[place]))
        self._marked = highlighted
