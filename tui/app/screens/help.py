"""The keys of where you are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.app.screens.overlay import Overlay, Panel

Keys = dict[str, tuple[list[str], str]]


class HelpScreen(Overlay[None]):
    CSS_PATH = "../styles/overlays.tcss"
    BINDINGS = [Binding("escape,question_mark,q", "dismiss", "Close")]

    def __init__(self, page: Screen[object], title: str) -> None:
        super().__init__()
        self._here, self._everywhere = _keys(page)
        self._title = title

    def content(self) -> ComposeResult:
        sections = [(self._title, self._here), ("Everywhere", self._everywhere)]
        with Panel():
            for title, keys in sections:
                if keys:
                    yield Static(Content("\n").join(_lines(title, keys)))

    def on_click(self) -> None:
        self.dismiss()


def _keys(page: Screen[object]) -> tuple[Keys, Keys]:
    """The keys of the place and of the app, by what they do; first those of the last line."""
    here: Keys = {}
    everywhere: Keys = {}
    for active in sorted(page.active_bindings.values(), key=lambda active: not active.binding.show):
        binding = active.binding
        # What Textual binds by itself has no tooltip, and is not worth a line.
        if not (binding.show or binding.tooltip):
            continue
        group = everywhere if isinstance(active.node, App) else here
        keys, _ = group.setdefault(binding.action, ([], binding.tooltip or binding.description))
        # Each key by its own name; the last line may show one name for several.
        name = page.app.get_key_display(replace(binding, key_display=None))
        keys.extend([] if name in keys else [name])
    return here, everywhere


def _lines(title: str, keys: Keys) -> Iterator[Content]:
    yield Content.styled(title, "bold")
    for names, description in keys.values():
        yield Content.assemble((f"{'  '.join(names):<14}", "bold $accent"), description)
    yield Content("")
