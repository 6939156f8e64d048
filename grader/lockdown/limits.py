"""How much a worker may use. Sources: getrlimit(2), proc(5).

The wall clock, and the memory of a process that uses a GPU, are watched from outside. These limits
the kernel itself enforces, even if nobody watches.
"""

from __future__ import annotations

import math
import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass

from grader.lockdown.syscalls import LINUX, Layer

_PAGE = resource.getpagesize()
_CORES = os.cpu_count() or 1  # asked now, because the answer comes from files


@dataclass(frozen=True)
class WorkerLimits:
    """What one worker may use, beyond what it holds already when it is forked."""

    seconds: float = 10.0
    memory_bytes: int = 2 << 30
    threads: int = 64
    open_files: int = 64


def mapped_bytes(proc: int) -> tuple[int, int]:
    """The address space this process has mapped now, and the part of it that is its own data.

    `proc` is a descriptor of /proc.
    """
    # Not through Path: a fork pays for every page of Python's machinery that it touches first.
    statm = os.open("self/statm", os.O_RDONLY, dir_fd=proc)
    try:
        pages = os.read(statm, 128).split()
        return int(pages[0]) * _PAGE, int(pages[5]) * _PAGE
    finally:
        os.close(statm)


def impose(limits: WorkerLimits, device: str, own_user: bool, proc: int | None) -> Layer:
    """Lower this process's limits for good. Raising a hard limit again takes a capability.

    `own_user`: no other process has this user. The kernel counts threads per user, so only then can
    they be limited without the rest of the user's work standing in the way.
    """
    for kind, value in _values(limits, device):
        _lower(kind, value)
    if own_user:
        _lower(resource.RLIMIT_NPROC, limits.threads)
    if proc is not None and device != "cuda":  # a CUDA context maps and pins more than it uses
        try:
            mapped, data = mapped_bytes(proc)
        except FileNotFoundError:
            return Layer(False, "memory cannot be limited where there is no /proc", "Mount /proc.")
        _lower(resource.RLIMIT_AS, mapped + limits.memory_bytes)
        # Who unmaps the libraries has as much address space to spare, but no more data. What the
        # kernel does not count as data (stacks, what is read-only by now) finds room there.
        _lower(resource.RLIMIT_DATA, data + limits.memory_bytes)
    memory = f"{limits.memory_bytes >> 20} MiB more memory"
    if device == "cuda":
        memory = "memory watched from outside"
    elif not LINUX:
        memory = "memory unlimited here"
    threads = f"{limits.threads} threads" if own_user else "threads not counted"
    return Layer(True, f"{memory}, {threads}, {limits.seconds:g} s, no file written")


def _values(limits: WorkerLimits, device: str) -> Iterator[tuple[int, int]]:
    # Every thread's time counts, so a computation on all cores must fit: a backstop, not a clock.
    yield resource.RLIMIT_CPU, (math.ceil(limits.seconds) + 1) * _CORES
    yield resource.RLIMIT_CORE, 0
    yield resource.RLIMIT_FSIZE, 0
    yield resource.RLIMIT_NOFILE, limits.open_files * (16 if device == "cuda" else 1)
    if not LINUX:
        return
    yield resource.RLIMIT_MSGQUEUE, 0
    if device != "cuda":
        yield resource.RLIMIT_MEMLOCK, 0


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))
