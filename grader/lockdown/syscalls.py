"""The few kernel calls that Python has no function for, and what to say where one is missing.

Sources: prctl(2), syscall(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

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


def unshare(flags: int) -> None:
    """unshare(2): leave what the flags name."""
    _checked(int(_libc.unshare(ctypes.c_int(flags))))


def mount(
    source: str | None, target: str, kind: str | None, flags: int, data: str | None = None
) -> None:
    """mount(2)."""
    source_, target_, kind_, data_ = (
        text and os.fsencode(text) for text in (source, target, kind, data)
    )
    _checked(int(_libc.mount(source_, target_, kind_, ctypes.c_ulong(flags), data_)))


def unmount(target: str) -> None:
    """umount2(2): at once from here, and for good when nobody uses it any more."""
    detach = 2
    _checked(int(_libc.umount2(target.encode(), detach)))


def pivot_root(new: Path, old: Path) -> None:
    """pivot_root(2): `new` becomes the root folder, what was it before lies at `old`."""
    _checked(int(_libc.pivot_root(os.fsencode(new), os.fsencode(old))))


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
