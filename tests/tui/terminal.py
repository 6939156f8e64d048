"""A program in a pseudo-terminal of 80×24, and what a person would see there."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import pexpect
import pyte

ROWS, COLUMNS = 24, 80
PATIENCE = 60.0
PAUSE = 0.05
QUIET = 0.3  # after which a change of the screen is whole
# Reports that a terminal may be asked for; the screen's emulator does not know them.
PRIVATE = re.compile(r"\x1b\[[<=>?][0-9;]*[a-zA-Z$]|\x1b\[\?[0-9;]*\$p")
ALTERNATE = re.compile(r"\x1b\[\?1049([hl])")


class Terminal:
    """`with Terminal(["learn"], folder, environment) as app: app.press("g", "m")`."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
        self._child: pexpect.spawn[str] = pexpect.spawn(
            "env",
            [*command],  # as a text, a path with a space would be taken apart
            cwd=folder,
            env=environment | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            dimensions=(ROWS, COLUMNS),
            encoding="utf-8",
            codec_errors="replace",
        )
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self.is_on_alternate_screen = False
        self._stream = pyte.Stream(self._screen)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        """Of the program: what starts it becomes it."""
        return int(self._child.pid)

    @property
    def text(self) -> str:
        """The screen as it is now, without the blanks at the ends of its lines."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._child.send({"enter": "\r", "tab": "\t", "escape": "\x1b"}.get(key, key))
            self._read(PAUSE)

    def sees(self, *parts: str, within: float = PATIENCE) -> str:
        """Wait until the screen shows every part; the screen. Fails with the screen as it is."""
        deadline = time.monotonic() + within
        while not all(part in self.text for part in parts):
            assert time.monotonic() < deadline, f"No {parts} on the screen:\n{self.text}"
            self._read(PAUSE)
        return self.text

    def turns(self, key: str) -> None:
        """Press a key that changes the screen, and wait until all of the change is there."""
        before = self.text
        self.press(key)
        deadline = time.monotonic() + PATIENCE
        while self.text == before and time.monotonic() < deadline:
            self._read(PAUSE)
        shown = ""
        while shown != self.text and time.monotonic() < deadline:
            shown = self.text
            self._read(QUIET)

    def ends(self) -> int:
        """Wait until the program has ended; its exit status."""
        self._child.expect(pexpect.EOF, timeout=PATIENCE)
        self._show(self._child.before or "")
        self._child.close()
        return int(self._child.exitstatus or 0)

    def _read(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                data = self._child.read_nonblocking(65536, timeout=left)
            except pexpect.TIMEOUT:
                return
            except pexpect.EOF:
                return
            self._show(data)

    def _show(self, data: str) -> None:
        for switch in ALTERNATE.findall(data):
            self.is_on_alternate_screen = switch == "h"
        self._stream.feed(PRIVATE.sub("", data))
