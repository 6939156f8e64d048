"""What a process has used so far, as the kernel tells it: whatever runs in there has no say.

Sources: clock_getcpuclockid(3), proc_pid_status(5), Documentation/scheduler/sched-stats in Linux.
"""

import contextlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """Processor time of all threads together, in seconds, and the most memory held at once."""

    seconds: float
    peak_bytes: int


def queued_seconds(pid: int) -> float:
    """How long the main thread of a process was ready and other processes had the processors.

    It does not grow while the thread sleeps. 0 where the process has ended, or nobody tells.
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def usage_of(pid: int) -> Usage | None:
    """None where the process has ended, or the system does not tell."""
    if sys.platform != "linux":
        return None
    with contextlib.suppress(OSError):
        seconds = time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED, of the whole process
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return Usage(seconds, int(line.split()[1]) << 10)
    return None
