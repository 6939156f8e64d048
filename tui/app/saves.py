"""Saves of the learner's files, noticed in threads, told as they come."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tui.study.session import Session


class Saves:
    """Watches every exercise's file from `start` until `close`; neither of them waits."""

    def __init__(self, on_save: Callable[[Path], None], on_polling: Callable[[str], None]) -> None:
        self._on_save = on_save
        self._on_polling = on_polling
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="saves")
        self._closing = ExitStack()

    def start(self, session: Session) -> None:
        self._thread.submit(self._watch, session)

    def close(self) -> None:
        self._thread.submit(self._closing.close)
        self._thread.shutdown(wait=False)

    def _watch(self, session: Session) -> None:
        from tui.study.save_watcher import SaveWatcher  # loads watchfiles, which takes 50 ms

        workspace = session.workspace
        watcher = SaveWatcher(
            root=workspace.root,
            files=[workspace.file(exercise) for exercise in session.catalog.exercises],
            probe=workspace.state / "probe",
            on_save=self._on_save,
            on_polling=self._on_polling,
        )
        self._closing.enter_context(watcher)
