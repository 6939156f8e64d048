"""What lies over a place until it is dismissed, however fast the keys come."""

from __future__ import annotations

from typing import TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.events import Event, Key
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.app.widgets.key_bar import KeyBar
from tui.app.widgets.scroll import Scroll

T = TypeVar("T")


class Panel(Scroll):
    """What an overlay holds."""

    def __init__(self, *children: Widget) -> None:
        super().__init__(*children, classes="panel")


class Overlay(ModalScreen[T]):
    """Keys that were pressed before it was gone, and reach it afterwards, go to what follows.

    The last line shows its keys, and not those of the place below, which do nothing now.
    """

    def compose(self) -> ComposeResult:
        yield from self.content()
        yield KeyBar()

    def content(self) -> ComposeResult:
        yield from ()

    @property
    def _is_gone(self) -> bool:
        return self.app.screen is not self

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        return AwaitComplete() if self._is_gone else super().dismiss(result)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and self._is_gone:
            self.app.call_later(self.app.simulate_key, event.key)
        else:
            await super().on_event(event)
