"""A column that scrolls, by the arrows and by vim's keys."""

from textual.binding import Binding
from textual.containers import VerticalScroll


class Scroll(VerticalScroll):
    """Where it holds more than fits, the last line of the screen says how to see it."""

    BINDINGS = [
        Binding("down,j", "scroll_down", "Scroll", key_display="↑↓", tooltip="A line down"),
        Binding("up,k", "scroll_up", "Up", show=False, tooltip="A line up"),
        Binding("pagedown,ctrl+d", "page_down", "Page down", show=False, tooltip="A page down"),
        Binding("pageup,ctrl+u", "page_up", "Page up", show=False, tooltip="A page up"),
        Binding("home", "scroll_home", "Top", show=False, tooltip="To the top"),
        Binding("end,G", "scroll_end", "End", show=False, tooltip="To the end"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "scroll_down" or self.show_vertical_scrollbar

    def watch_show_vertical_scrollbar(self) -> None:
        self.refresh_bindings()

    def page(self, by: int) -> None:
        """A page down, or up where `by` is negative."""
        self.action_page_down() if by > 0 else self.action_page_up()
