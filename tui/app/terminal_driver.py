"""Textual's driver for a terminal, by which Escape does not wait.

A lone Escape is told from the beginning of another key's sequence by what does not follow. How
long Textual waits for that can be set (`ESCDELAY`), but it looks at the clock every 100 ms only.
"""

import selectors
from types import SimpleNamespace

from textual import constants
from textual.drivers import linux_driver


class _Selector(selectors.SelectSelector):
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(constants.ESCAPE_DELAY / 2 if timeout else timeout)


class TerminalDriver(linux_driver.LinuxDriver):
    """Looks twice within the time that an Escape waits."""

    def run_input_thread(self) -> None:
        quick = SimpleNamespace(SelectSelector=_Selector, EVENT_READ=selectors.EVENT_READ)
        setattr(linux_driver, "selectors", quick)  # noqa: B010 it is no name that it exports
        super().run_input_thread()
