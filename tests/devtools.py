"""A real browser, driven by its own DevTools protocol: a socket and a dozen messages.

Playwright would do it as well, and brings 45 MB and its own browsers; what the tests need is to
open a page, press keys, and ask it something.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from processes import comes_true
from websockets.sync.client import ClientConnection, connect

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
NO_BROWSER = "chromium is not installed; on Debian: apt-get install chromium"
SECONDS = 60  # that an answer may take


class Tab:
    """One tab. Methods are named as in the protocol."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._loads = 0  # pages that were there as a whole
        self.ask("Page.enable")
        self.ask("Emulation.setScrollbarsHidden", hidden=True)  # as a phone has them

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, address: str) -> None:
        """Returns when all of the page is there."""
        with self.loading():
            self.ask("Page.navigate", url=address)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """What is done leads to another page; ends when all of that is there."""
        before = self._loads
        yield
        while self._loads == before:
            self._next()

    def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(SECONDS))
        self._loads += message.get("method") == "Page.loadEventFired"
        return message

    def value(self, script: str) -> Any:
        """What the page answers; a promise is waited for."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, code: int) -> None:
        for kind in ("keyDown", "keyUp"):
            self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code
            )

    def show(self, width: int, height: int, scheme: str = "light", media: str = "screen") -> None:
        """In a window of this size in pixels, light or dark, on a screen or in print."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        wanted = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=wanted)

    def picture(self, file: Path) -> None:
        taken = self.ask("Page.captureScreenshot", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(taken["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Tab]:
    """A new one, without a window, whose files are in `folder`."""
    assert PROGRAM
    options = ("--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}")
    if os.getuid() == 0:
        options += ("--no-sandbox",)
    with subprocess.Popen([PROGRAM, *options, "about:blank"], stderr=subprocess.DEVNULL) as process:
        try:
            port = folder / "DevToolsActivePort"
            assert comes_true(lambda: port.exists() and "\n" in port.read_text())
            address = f"http://127.0.0.1:{port.read_text().splitlines()[0]}/json/list"

            def pages() -> list[dict[str, str]]:
                with urllib.request.urlopen(address, timeout=SECONDS) as answer:
                    return [one for one in json.load(answer) if one["type"] == "page"]

            assert comes_true(lambda: bool(pages()))
            with connect(pages()[0]["webSocketDebuggerUrl"], max_size=None) as socket:
                yield Tab(socket)
        finally:
            process.terminate()
