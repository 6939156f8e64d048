"""The chapters, and the sections of this one's lesson, to jump to one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList

from exercises.catalog import Chapter
from tui.app.screens.overlay import Overlay
from tui.app.widgets.menu import Menu


class ContentsScreen(Overlay[int | str | None]):
    """Gives the place of the step that was chosen, the id of another chapter, or None."""

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
        Binding("escape,c,q", "dismiss(None)", "Close"),
    ]

    def __init__(self, others: list[Chapter], parts: list[tuple[int, str, str]], at: int) -> None:
        """`others` are the chapters but for the one of `parts`; `at` is the step on the screen."""
        super().__init__()
        self._others = others
        self._parts = parts
        self._at = len(others) + sum(place <= at for place, _, _ in parts) - 1

    def content(self) -> ComposeResult:
        shown = ""
        lines = [
            Content.styled(f"Chapter {chapter.number} · {chapter.title}", "$text-muted")
            for chapter in self._others
        ]
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
        chosen: list[int | str] = [chapter.id for chapter in self._others]
        chosen += [place for place, _, _ in self._parts]
        self.dismiss(chosen[event.option_index])
