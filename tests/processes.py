"""Who is alive on this machine, and whose child it is. Reads /proc."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

# It cannot be interrupted, so whoever waits for it waits long.
ENDLESS = """
def softmax(x, dim=-1):
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
PATIENCE = 60.0  # of tests, on a busy machine; what is waited for takes a moment


def parents() -> dict[int, int]:
    """Each living process and its parent."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended in the meantime
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(stat.parent.name)] = int(parent)
    return found


def below(pid: int) -> set[int]:
    """The processes that descend from `pid`."""
    found = {child for child, parent in parents().items() if parent == pid}
    return found.union(*map(below, found))


def generations(pid: int) -> list[list[int]]:
    """`pid`, its children, theirs, and so on; the oldest first in each."""
    alive, found = parents(), [[pid]]
    while found[-1]:
        found.append(sorted(child for child, parent in alive.items() if parent in found[-1]))
    return found[:-1]


def works(pid: int) -> bool:
    """Whether a worker has computed for a while: one that waits for its turn has not."""
    with contextlib.suppress(OSError):  # it has ended
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11]
        return int(ticks) > os.sysconf("SC_CLK_TCK") // 3
    return False


def gone(processes: Iterable[int], within: float = PATIENCE) -> bool:
    """Whether all of them end in time."""
    return comes_true(lambda: not parents().keys() & set(processes), within)


def comes_true(question: Callable[[], object], within: float = PATIENCE) -> bool:
    deadline = time.monotonic() + within
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
