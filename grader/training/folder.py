"""What is kept of a run: its settings and code, its curve, its latest checkpoint. No torch here.

    run.json                    settings, the learner's files, which parts are theirs
    curve.jsonl                 one line an update: step, loss, rate, gradient norm
    start.safetensors           the weights before the first step
    checkpoint.safetensors      the number of a step, weights and Adam's means behind it

A kill at any moment leaves the old checkpoint or the new one; the curve is cut back to it. A run
that was refused before its first step, or killed, has no first weights: it never began, and does
not count.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from exercises.files import kept_json, write_atomically
from grader.errors import GraderError, UsageError
from grader.worker.training.settings import Settings


class NoRun(UsageError):
    """There is no such run; the text says how to get one."""


class DamagedRun(GraderError):
    """What is kept cannot be read."""


class BusyRun(UsageError):
    """Another process trains it."""

    def __init__(self) -> None:
        super().__init__("This run is being trained by another command. Stop that one first.")


@dataclass(frozen=True)
class Plan:
    """All that a run comes from. `own` leads from a part's name to the learner's module."""

    settings: Settings
    files: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    text: str = ""
    is_reference: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Plan:
        return cls(**{**data, "settings": Settings(**data["settings"])})


@dataclass(frozen=True)
class Update:
    """One step: the loss before it in nats a token, its learning rate, the gradient's norm."""

    step: int
    loss: float
    rate: float
    norm: float


class RunFolder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / "checkpoint.safetensors"
        self.start = path / "start.safetensors"
        self._plan, self._curve = path / "run.json", path / "curve.jsonl"

    @property
    def exists(self) -> bool:
        """There is a run that began."""
        return self._plan.exists() and self.start.exists()

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def create(self, plan: Plan) -> None:
        """A fresh run in the place of what was there."""
        self.path.mkdir(parents=True, exist_ok=True)
        with self.held():
            for file in (self._plan, self.checkpoint, self.start, self._curve):
                file.unlink(missing_ok=True)
            write_atomically(self._plan, json.dumps(plan.to_dict()).encode())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else writes here meanwhile; raises `BusyRun` where somebody does."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BusyRun from None
            yield

    def plan(self) -> Plan:
        try:
            return Plan.from_dict(kept_json(self._plan))
        except FileNotFoundError:
            raise NoRun(f"There is no run in {self.path}.") from None
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedRun(
                f"{self._plan} cannot be read. Delete that folder, and train again."
            ) from error

    def curve(self) -> list[Update]:
        if not self._curve.exists():
            return []
        try:
            lines = self._curve.read_text("utf-8").splitlines(True)
            return [Update(*json.loads(line)) for line in lines if line[-1] == "\n"]
        except (ValueError, TypeError, RecursionError, IsADirectoryError) as error:
            raise self._damaged() from error

    def _damaged(self) -> DamagedRun:
        return DamagedRun(f"{self._curve} cannot be read. Delete that folder, and train again.")

    def append(self, updates: Iterable[Update]) -> None:
        lines = (json.dumps([u.step, u.loss, u.rate, u.norm]) + "\n" for u in updates)
        with self._curve.open("a", encoding="utf-8") as file:
            file.writelines(lines)

    def forget_after(self, step: int) -> None:
        """Cut the curve back to a checkpoint: later steps will be taken again."""
        kept = [update for update in self.curve() if update.step <= step]
        if len(kept) < step:
            raise self._damaged()
        self._curve.unlink(missing_ok=True)
        self.append(kept)
