"""The pilot's wait is replaced by ours: Textual still has what it replaces, and ours does wait."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import ClassVar

import textual.app
import textual.pilot
from drained import drained
from textual._wait import wait_for_idle
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.widgets import Label


class Slow(App[None]):
    """Each answer to the key arrives later than the one before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("a", "ask", "Ask"),
        ("b", "hand_on", "Hand on"),
        ("c", "switch", "Switch"),
    ]

    def compose(self) -> ComposeResult:
        yield Label("nothing")

    async def action_ask(self) -> None:
        await asyncio.to_thread(time.sleep, 0.05)
        self.query_one(Label).update("answered")

    def action_hand_on(self, times: int = 5) -> None:
        if times:
            self.query_one(Label).call_later(
                self.call_after_refresh, self.action_hand_on, times - 1
            )
        else:
            self.query_one(Label).update("handed on")

    def action_switch(self) -> None:
        self.delay_update(0.1)
        self.query_one(Label).update("drawn")


def shown(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "".join(segment.text for segment in strips[0]).strip()


def drive(script: Callable[[Pilot[None]], Awaitable[None]]) -> None:
    async def running() -> None:
        async with Slow().run_test() as pilot:
            await pilot.pause()
            await script(pilot)

    asyncio.run(running())


def test_textual_waits_with_what_is_replaced() -> None:
    assert textual.app.wait_for_idle is textual.pilot.wait_for_idle is drained  # type: ignore[attr-defined]
    assert "wait_for_idle(" in inspect.getsource(App._press_keys)
    assert "wait_for_idle(" in inspect.getsource(Pilot.pause)
    assert list(inspect.signature(drained).parameters) == list(
        inspect.signature(wait_for_idle).parameters
    )


def test_a_key_is_answered_in_full() -> None:
    """A thread's answer, a message that wanders, a frame that is held back: all are waited for."""

    async def script(pilot: Pilot[None]) -> None:
        assert shown(pilot) == "nothing"
        for key, answer in (("a", "answered"), ("b", "handed on"), ("c", "drawn")):
            await pilot.press(key)
            assert shown(pilot) == answer

    drive(script)


def test_a_handler_that_does_not_end_is_left() -> None:
    async def script(pilot: Pilot[None]) -> None:
        release = asyncio.Event()
        pilot.app.call_later(release.wait)
        before = time.monotonic()
        await drained(max_sleep=0.1)
        assert time.monotonic() - before >= 0.1
        release.set()

    drive(script)
