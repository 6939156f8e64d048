"""The sections of a lesson, to jump to one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList

from tui.app.widgets.menu import Menu


class ContentsScreen(ModalScreen[int | None]):
    """Gives the place of the step that was chosen, or None."""

    DEFAULT_CSS = """
    ContentsScreen {
        align: center middle;
        & > Menu, & > Menu:focus {
            width: 76;
            max-width: 100%;
            max-height: 80%;
            padding: 1 2;
            background: $surface;
        }
    }
    """
    BINDINGS = [
        Binding("escape,c,q", "dismiss(None)", "Close", show=False),
    ]

    def __init__(self, parts: list[tuple[int, str, str]], at: int) -> None:
        super().__init__()
        self._parts = parts
        self._at = sum(place <= at for place, _, _ in parts) - 1

    def compose(self) -> ComposeResult:
        shown = ""
        lines: list[Content] = []
        for _, title, part in self._parts:
            # A section's title stands once, its parts below it.
            if title != shown:
                lines.append(Content.assemble((title, "bold"), f" · {part}" if part else ""))
            else:
                lines.append(Content(f"  {part}"))
            shown = title
        yield Menu(*((str(place), line) for place, line in enumerate(lines)))

    def on_mount(self) -> None:
        self.query_one(Menu).highlighted = self._at

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._parts[event.option_index][0])
