"""What an examiner may spend on one submission, watched by the process that asked for it.

A worker is limited by the kernel and by its examiner. The examiner's own work is ours, and each
step of it is bounded; this holds even where one of those bounds has a hole. Source: proc(5).
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from exercises.catalog import Limits

# An examiner makes each call itself, on the solution, so it may use what a submission may; and
# this much more, for loading torch, comparing, and looking for the reason.
OWN_SECONDS = 60.0
OWN_BYTES = 1 << 30
CUDA_BYTES = 8 << 30  # of the host, for the first use of a GPU
PATIENCE = 5  # how many seconds may pass for each of processor time: other processes want it, too


@dataclass(frozen=True)
class Budget:
    """Seconds of processor time and of time, and bytes beyond what is held at the beginning."""

    processor_seconds: float
    seconds: float
    memory_bytes: int

    @classmethod
    def of(cls, limits: Limits, device: str) -> Budget:
        """What examining a submission with these limits may take."""
        processor_seconds = limits.total_seconds + OWN_SECONDS
        memory_bytes = (limits.memory_mb << 20) + OWN_BYTES + CUDA_BYTES * (device != "cpu")
        return cls(processor_seconds, processor_seconds * PATIENCE, memory_bytes)


class Watch:
    """Watches one process from now on. Without /proc it sees the time alone."""

    def __init__(self, pid: int, budget: Budget) -> None:
        self._folder = Path(f"/proc/{pid}")
        self._budget = budget
        self._started = time.monotonic()
        self._processor_seconds, self._bytes = self._used()

    def exceeded(self) -> str:
        """What the process has used too much of; empty while it has not."""
        budget = self._budget
        processor_seconds, held = self._used()
        if processor_seconds - self._processor_seconds > budget.processor_seconds:
            return f"{budget.processor_seconds:g} seconds of processor time"
        if held - self._bytes > budget.memory_bytes:
            return f"{budget.memory_bytes >> 20:,} MB of memory"
        if time.monotonic() - self._started > budget.seconds:
            return f"{budget.seconds:g} seconds"
        return ""

    def _used(self) -> tuple[float, int]:
        try:
            after_name = (self._folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0, 0
        ticks = int(after_name[11]) + int(after_name[12])  # in user mode, in the kernel
        return ticks / os.sysconf("SC_CLK_TCK"), int(after_name[21]) * os.sysconf("SC_PAGE_SIZE")
