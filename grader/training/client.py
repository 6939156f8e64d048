"""Who wants a run: starts its process, and is told how it goes. No torch here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.errors import GraderError
from grader.sandbox_owner import SandboxOwner
from grader.training.folder import Plan, RunFolder


class RunLost(GraderError):
    """The process of a run has ended."""


class Training:
    """One run in a process of its own, a context manager.

    Args:
        plan: What to build.
        folder: Where the run is kept; None only builds.
        start: A file with the first weights of a new run.
        prompt: What to go on from instead of training; "" for held-out sequences.
        looks: To be asked, by `look`, what the model attends to instead of training it.
    """

    def __init__(
        self,
        plan: Plan,
        folder: RunFolder | None = None,
        start: Path | None = None,
        prompt: str | None = None,
        looks: bool = False,
    ) -> None:
        self._child = SandboxOwner("grader.training.session")
        self._lines = self._child.socket.makefile("r", encoding="utf-8")
        request = {
            "plan": plan.to_dict(),
            "folder": folder and str(folder.path),
            "start": start and str(start),
            "prompt": prompt,
            "looks": looks,
        }
        self._ask(request)

    def look(self, typed: str) -> dict[str, Any]:
        """What the model attends to in a text: what was `read`, what was `written` to it, and
        `maps` of modules' names and weights, heads of rows; or a `message` why it cannot be read.

        Raises `GraderError` where the model cannot be made.
        """
        self._ask({"look": typed})
        return next(e for e in self.events() if e["event"] in ("attention", "unread"))

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens, to the end; each has an `event`, and what `session.py` tells with it.

        Raises `GraderError` where the run fails; its text is for the learner.
        """
        for line in self._told():
            event: dict[str, Any] = json.loads(line)
            if event["event"] == "failed":
                error = GraderError(event["message"])
                error.exit_code = event["exit_code"]
                raise error
            yield event
            if event["event"] == "done":
                return
        raise RunLost(
            "The process of this model has ended. What was kept of it is there: begin again."
        )

    def _told(self) -> Iterator[str]:
        with suppress(ConnectionError):  # it ended in the middle of what it was asked
            while line := self._lines.readline():
                yield line

    def _ask(self, request: dict[str, Any]) -> None:
        with suppress(ConnectionError):  # it has ended: `events` says so
            self._child.socket.sendall(json.dumps(request).encode() + b"\n")

    def stop(self) -> None:
        """Ask it to keep what it has and end; `events` tells when it has."""
        self._ask({"stop": True})

    def __enter__(self) -> Training:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.end()
        self._child.close()
