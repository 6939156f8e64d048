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

    It does not grow while the thread sleeps, and shrinks by what other threads of the process have
    worked meanwhile, for which it may have waited as well. 0 where the process has ended, or nobody
    tells.
    """
    try:
        ran, waited, *_ = map(int, Path(f"/proc/{pid}/schedstat").read_bytes().split())
        return (waited + ran) / 1e9 - time.clock_gettime(_clock_of(pid))
    except (OSError, ValueError):
        return 0.0


def _clock_of(pid: int) -> int:
    """CPUCLOCK_SCHED, of the whole process."""
    return ~pid << 3 | 2


def usage_of(pid: int) -> Usage | None:
    """None where the process has ended, or the system does not tell."""
    if sys.platform != "linux":
        return None
    with contextlib.suppress(OSError):
        seconds = time.clock_gettime(_clock_of(pid))
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return Usage(seconds, int(line.split()[1]) << 10)
    return None
