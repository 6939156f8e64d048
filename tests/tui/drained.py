"""Wait until an app has nothing left to do, without waiting for the processor.

Textual's own `wait_for_idle` sleeps 20 ms at a time until the *process* used hardly any of it. That
is 150 ms a key on a quiet machine, and no end of it on a busy one. What a test wants to know can be
asked: is every message handled, and is the last frame on the screen?
"""

from asyncio import sleep
from time import monotonic

import pytest
from textual._context import active_app
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen

# One handled message may send the next through another widget, which gets its turn a bit later.
QUIET_TURNS = 4
# A handler that waits for a thread gets the processor: from here on we sleep between the looks.
EAGER_TURNS = 100


async def drained(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Return when all messages are handled and the frame is drawn; in the place of `wait_for_idle`.

    A handler that does not end is left after `max_sleep` seconds, as Textual does.
    """
    app = active_app.get()
    end = monotonic() + max_sleep
    turn = quiet = 0
    while quiet < QUIET_TURNS and monotonic() < end and not app._exception_event.is_set():
        await sleep(0 if turn < EAGER_TURNS else 0.001)
        turn += 1
        quiet = 0 if is_busy(app) or draws(app) else quiet + 1


def is_busy(app: App[object]) -> bool:
    return is_held(app) or any(map(has_messages, (app, *app._registry)))


def is_held(app: App[object]) -> bool:
    """Whether Textual holds frames back: 50 ms where a screen is changed, 8 ms where a size is."""
    return app._batch_count > 0 or app._resize_timer is not None


def has_messages(pump: MessagePump) -> bool:
    """Whether it has messages, or handles one: where it does not, it waits for the next."""
    if not pump._running or pump._closed or pump._closing:
        return False
    queue = pump._message_queue
    return not queue.empty() or bool(pump._next_callbacks) or not queue.ready_event._waiters


def draws(app: App[object]) -> bool:
    """Draw the frame that is due, which Textual's timer would do within 17 ms; was there one?"""
    screen = app.screen
    if not is_due(screen):
        return False
    screen._on_timer_update()
    return True


def is_due(screen: Screen[object]) -> bool:
    required = (screen._layout_required, screen._scroll_required, screen._repaint_required)
    return any((*required, screen._recompose_required, screen._dirty_widgets, screen._callbacks))


@pytest.fixture(autouse=True)
def _drained_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every test: fails where Textual no longer has what is replaced."""
    monkeypatch.setattr("textual.app.wait_for_idle", drained)
    monkeypatch.setattr("textual.pilot.wait_for_idle", drained)
