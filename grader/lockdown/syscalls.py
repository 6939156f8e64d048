"""The few kernel calls that Python has no function for, and what to say where one is missing.

Sources: prctl(2), syscall(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass

LINUX = sys.platform.startswith("linux")

# Numbers given out since Linux 5.1 are the same on every architecture.
SYS_CLOSE_RANGE = 436
SYS_LANDLOCK_CREATE_RULESET, SYS_LANDLOCK_ADD_RULE, SYS_LANDLOCK_RESTRICT_SELF = 444, 445, 446

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS = 1, 4, 8
PR_GET_SECCOMP, PR_SET_SECCOMP, PR_CAPBSET_DROP = 21, 22, 24
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 38, 47

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Layer:
    """Whether one layer of the sandbox holds here, in what form, and else what to do about it."""

    holds: bool
    detail: str
    advice: str = ""

    def __str__(self) -> str:
        return self.detail if self.holds else f"missing: {self.detail}"


class Unavailable(Exception):
    """This machine has no such layer. Carries the reason and what its owner can do."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.layer = Layer(False, reason, advice)


def syscall(number: int, *arguments: object) -> int:
    """Make one system call; integers go as C longs, anything else as ctypes passes it."""
    longs = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(int(_libc.syscall(ctypes.c_long(number), *longs)))


def prctl(option: int, *arguments: object) -> int:
    """prctl(2), whose unused arguments must be zero."""
    longs = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    padding = [ctypes.c_ulong(0)] * (4 - len(longs))
    return _checked(int(_libc.prctl(ctypes.c_int(option), *longs, *padding)))


def capset(kept: int) -> None:
    """Hold exactly the capabilities in the bit mask `kept`, and none inheritable. See capset(2)."""
    version_3_this_thread = (ctypes.c_uint32 * 2)(0x20080522, 0)
    low, high = kept & 0xFFFFFFFF, kept >> 32
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(low, low, 0, high, high, 0)
    _checked(_libc.capset(version_3_this_thread, effective_permitted_inheritable))


def effective_capabilities() -> int:
    """The capabilities in force, as a bit mask. Asked of the kernel, since /proc may be missing."""
    version_3_this_thread = (ctypes.c_uint32 * 2)(0x20080522, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)()
    _checked(_libc.capget(version_3_this_thread, effective_permitted_inheritable))
    return effective_permitted_inheritable[0] | effective_permitted_inheritable[3] << 32


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
