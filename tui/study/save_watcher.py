"""Notice when files are saved: by the file system's events where they arrive, else by looking.

Network and container file systems often take a watch and then never report anything. So this is
tried: a probe is written, and if no event comes of it the files are polled.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

import watchfiles

# An editor's truncate, write and rename are one save; what comes within a step is taken together.
STEP_MS = 10
DEBOUNCE_MS = 200
POLL_SECONDS = 0.25
PROBE_SECONDS = 2.0
PROBE_EVERY = 0.05

Stamp = tuple[int, int, int]


def stamp(file: Path) -> Stamp | None:
    """What changes when a file is written or replaced; None where there is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


class SaveWatcher:
    """Calls `on_save` from a thread of its own; a context manager that ends the thread.

    `on_polling` is called once, with the reason, if the file system sends no events. `root` is a
    resolved folder that holds all `files` and the `probe`. Folders are watched rather than files,
    because many editors save by renaming a new file over the old.
    """

    def __init__(
        self,
        root: Path,
        files: Collection[Path],
        probe: Path,
        on_save: Callable[[Path], None],
        on_polling: Callable[[str], None],
    ) -> None:
        self._root = root
        self._files = frozenset(files)
        self._probe = probe
        self._on_save = on_save
        self._on_polling = on_polling
        self._heard = threading.Event()
        self._deaf = threading.Event()
        self._stopped = threading.Event()
        self._reason = "The file system sends no events"
        # Taken now, so that a save during the probe is not missed.
        self._seen = {file: stamp(file) for file in self._files}
        self._threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._listen, self._supervise)
        ]

    def __enter__(self) -> SaveWatcher:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stopped.set()
        self._deaf.set()
        for thread in self._threads:
            thread.join(timeout=2)

    def _listen(self) -> None:
        try:
            for changes in watchfiles.watch(
                self._root,
                watch_filter=None,
                step=STEP_MS,
                debounce=DEBOUNCE_MS,
                stop_event=self._deaf,
                force_polling=False,
            ):
                self._report({Path(path) for _, path in changes})
        except OSError as error:  # for one, no more watches are to be had
            self._reason = f"The file system cannot be watched ({error})"

    def _report(self, paths: set[Path]) -> None:
        if self._probe in paths:
            self._heard.set()
        for file in paths & self._files:
            self._on_save(file)

    def _supervise(self) -> None:
        if self._events_arrive() or self._stopped.is_set():
            return
        self._deaf.set()
        self._on_polling(self._reason)
        self._poll()

    def _events_arrive(self) -> bool:
        deadline = time.monotonic() + PROBE_SECONDS
        try:
            while not self._stopped.is_set() and time.monotonic() < deadline:
                # Again and again, since the listener may not be listening yet.
                self._probe.write_text(str(os.getpid()))
                if self._heard.wait(PROBE_EVERY):
                    return True
        finally:
            self._probe.unlink(missing_ok=True)
        return False

    def _poll(self) -> None:
        # watchfiles' own polling compares whole seconds, and misses the second save within one.
        while not self._stopped.wait(POLL_SECONDS):
            for file, before in self._seen.items():
                if (after := stamp(file)) != before:
                    self._seen[file] = after
                    self._on_save(file)
