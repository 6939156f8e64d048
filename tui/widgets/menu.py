"""A list to choose from, by the arrows, vim's keys or the mouse."""

from textual.binding import Binding
from textual.widgets import OptionList


class Menu(OptionList):
    DEFAULT_CSS = """
    Menu, Menu:focus {
        height: auto;
        max-height: 100%;
        border: none;
        padding: 0;
        background: transparent;
        & > .option-list--option-highlighted {
            background: $panel;
            color: $foreground;
            text-style: bold;
        }
    }
    """
    BINDINGS = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("enter", "select", "Choose", tooltip="Choose this"),
    ]
