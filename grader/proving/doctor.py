"""Which layers of the sandbox hold on this machine, found out by trying to break each.

The report, as JSON (`doctor/v1`):

    {"schema": "doctor/v1", "platform": "Linux 6.1 x86_64, Python 3.11.7", "sandboxed": true,
     "layers": [{"name", "holds", "detail", "advice"}],
     "attempts": [{"what", "layer", "blocked", "how"}]}

A layer holds if it is in force and nothing that it should stop got through.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.lockdown.lockdown import OPTIONAL
from grader.lockdown.probe import EscapeAttempt

DOCTOR_SCHEMA = "doctor/v1"
_SECONDS = 60


@dataclass(frozen=True)
class LayerFinding:
    """One layer of the sandbox, whether it holds here, and else what to do."""

    name: str
    holds: bool
    detail: str
    advice: str


@dataclass(frozen=True)
class DoctorReport:
    """What an examination of this machine found."""

    platform: str
    layers: tuple[LayerFinding, ...]
    attempts: tuple[EscapeAttempt, ...]

    @property
    def sandboxed(self) -> bool:
        """Whether hostile code is held: every layer that is needed holds; nothing gets through."""
        return all(layer.holds for layer in self.layers if layer.name not in OPTIONAL) and all(
            attempt.blocked for attempt in self.attempts if attempt.layer not in OPTIONAL
        )

    def to_dict(self) -> dict[str, object]:
        return {"schema": DOCTOR_SCHEMA, **asdict(self), "sandboxed": self.sandboxed}

    def to_text(self) -> str:
        return "\n".join(self.lines()) + "\n"

    def lines(self) -> Iterator[str]:
        """The report for people: a line per layer, and one per attempt that got through."""
        yield self.platform
        for layer in self.layers:
            mark = "✓" if layer.holds else "–" if layer.name in OPTIONAL else "✗"
            yield f"  {mark} {layer.name:<12} {layer.detail}"
            if layer.advice:
                yield f"    {'':<12} {layer.advice}"
        for attempt in self.attempts:
            if not attempt.blocked:
                yield f"  ! a submission could {attempt.what} ({attempt.how})"
        blocked = sum(attempt.blocked for attempt in self.attempts)
        yield f"{blocked} of {len(self.attempts)} attempts to break out were stopped."
        yield "Submissions are sandboxed." if self.sandboxed else "Submissions are NOT sandboxed."


def examine(without: Collection[str] = ()) -> DoctorReport:
    """Lock a process down as a worker is, try to break out of it, and report.

    `without` names layers to leave out, as if this machine did not have them. Raises `GraderError`
    if the lock-down itself fails.
    """
    # A process of its own, with an empty environment: like a zygote, and spoilt afterwards.
    command = [sys.executable, "-m", "grader.lockdown.probe", *without]
    ours = Path(__file__).parents[2]
    try:
        probe = subprocess.run(
            command, cwd=ours, env={}, capture_output=True, text=True, timeout=_SECONDS
        )
        found = json.loads(probe.stdout)
    except subprocess.TimeoutExpired as error:
        raise GraderError(f"the sandbox could not be tried within {_SECONDS} s") from error
    except json.JSONDecodeError as error:
        reason = (probe.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise GraderError(f"the sandbox could not be tried: {reason}") from error
    attempts = tuple(EscapeAttempt(**attempt) for attempt in found["attempts"])
    layers = tuple(
        _judge(LayerFinding(name=name, **layer), attempts)
        for name, layer in found["layers"].items()
    )
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return DoctorReport(f"{system}, Python {platform.python_version()}", layers, attempts)


def _judge(layer: LayerFinding, attempts: Collection[EscapeAttempt]) -> LayerFinding:
    """A layer that claims to be in force is believed only if nothing got past it."""
    passed = [a.what for a in attempts if a.layer == layer.name and not a.blocked]
    if not layer.holds or not passed:
        return layer
    return LayerFinding(
        layer.name,
        False,
        f"{layer.detail}; yet a worker could {', '.join(passed)}",
        "This is a hole in the sandbox or an unusual machine: please report it with this output.",
    )
