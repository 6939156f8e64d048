"""From a save to who waits for it: by the file system's events where they arrive, else by looking.

Network and container file systems often take a watch and then never report anything. So this is
tried: a probe is written, and if no event comes of it the files are polled. They are polled as well
where no watch is to be had, where a watch breaks, and where no probe can be written.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from exercises.workspace import Workspace

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


class SaveWatch:
    """From `start` to `close`, tells which file was saved.

    `on_save` and `on_polling` are called by a thread of its own; `on_polling` once at most, with a
    sentence for the learner. One save may be told more than once, a change that is none of the
    text is told as well, and a rename starts with no file at all. So who is told asks `take`
    whether there is anything new.
    """

    def __init__(
        self,
        workspace: Workspace,
        files: Iterable[Path],
        on_save: Callable[[Path], None],
        on_polling: Callable[[str], None],
    ) -> None:
        self._root = workspace.root
        self._files = tuple(files)
        self._on_save = on_save
        self._on_polling = on_polling
        self._probe = workspace.state / "probe"
        self._taken: dict[Path, Stamp | None] = {}
        self._in_vain = "The file system sends no events"
        self._heard = threading.Event()
        self._deaf = threading.Event()  # there is nothing to hear, or nobody listens any more
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """From now on no save is missed, though it takes a while until somebody listens."""
        self._taken = {file: stamp(file) for file in self._files}
        self._threads = [
            threading.Thread(target=target, args=(dict(self._taken),), daemon=True)
            for target in (self._notice, self._test)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End the threads, which takes some hundredths of a second."""
        for event in (self._closed, self._deaf, self._heard):
            event.set()
        for thread in self._threads:
            thread.join(timeout=2)

    def take(self, file: Path) -> bool:
        """Whether the file is there and was written since this was asked last.

        To be asked before the file is read: what is written meanwhile can be taken again.
        """
        before, now = self._taken.get(file), stamp(file)
        self._taken[file] = now
        return now not in (None, before)

    def _notice(self, seen: dict[Path, Stamp | None]) -> None:
        refused = self._listen()
        if not self._closed.is_set():
            self._on_polling(f"{refused or self._in_vain}: a save is noticed a moment later.")
            self._poll(seen)

    def _listen(self) -> str:
        """Until nobody listens any more; why, if a watch was refused or broke."""
        import watchfiles  # 50 ms, for which nobody waits here

        try:
            for changes in watchfiles.watch(
                self._root,
                watch_filter=None,
                step=STEP_MS,
                debounce=DEBOUNCE_MS,
                stop_event=self._deaf,
                force_polling=False,
            ):
                self._tell({Path(path) for _, path in changes})
        except (OSError, RuntimeError) as error:  # watchfiles raises both where it gets no watch
            self._deaf.set()
            return f"The file system cannot be watched ({error})"
        return ""

    def _tell(self, written: set[Path]) -> None:
        if self._probe in written:
            self._heard.set()
        for file in self._files:
            if file in written:
                self._on_save(file)

    def _test(self, seen: dict[Path, Stamp | None]) -> None:
        """End the listening if it is in vain; tell what was saved before it began."""
        try:
            arrives = self._event_arrives()
        except OSError as error:
            self._in_vain = f"Whether the file system sends events cannot be tested ({error})"
            arrives = False
        if arrives:
            self._tell_changes(seen)
        else:
            self._deaf.set()

    def _event_arrives(self) -> bool:
        deadline = time.monotonic() + PROBE_SECONDS
        try:
            while not self._deaf.is_set() and time.monotonic() < deadline:
                # Again and again, since the listener may not be listening yet.
                self._probe.write_text(str(os.getpid()))
                if self._heard.wait(PROBE_EVERY):
                    return True
        finally:
            self._probe.unlink(missing_ok=True)
        return False

    def _poll(self, seen: dict[Path, Stamp | None]) -> None:
        # watchfiles' own polling compares whole seconds, and misses the second save within one.
        while not self._closed.wait(POLL_SECONDS):
            self._tell_changes(seen)

    def _tell_changes(self, seen: dict[Path, Stamp | None]) -> None:
        for file in self._files:
            if (now := stamp(file)) != seen[file]:
                seen[file] = now
                self._on_save(file)
