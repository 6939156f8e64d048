"""Landlock: which files a process may read, for itself and for good, without being root.

A ruleset names the rights that it *handles*; whatever it handles and does not allow is denied. We
handle every right the running kernel knows, and allow reading below the given paths and no more.
The kernel's own versions (its "ABI") add rights, so what is handled is masked by what it knows.

Source: https://docs.kernel.org/userspace-api/landlock.html and include/uapi/linux/landlock.h.
"""

from __future__ import annotations

import ctypes
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from grader.lockdown.syscalls import (
    LINUX,
    SYS_LANDLOCK_ADD_RULE,
    SYS_LANDLOCK_CREATE_RULESET,
    SYS_LANDLOCK_RESTRICT_SELF,
    Unavailable,
    syscall,
)

WRITE_FILE, READ_FILE, READ_DIR, IOCTL_DEV = 1 << 1, 1 << 2, 1 << 3, 1 << 15
READ = READ_FILE | READ_DIR
USE_DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV
_RIGHTS_OF_A_FILE = 1 << 0 | WRITE_FILE | READ_FILE | 1 << 14 | IOCTL_DEV

# How many file rights each ABI knows: the first 13, then REFER, TRUNCATE and IOCTL_DEV.
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_TCP_BIND_AND_CONNECT = 0b11  # since ABI 4
_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11  # since ABI 6
_RULE_PATH_BENEATH = 1
_CREATE_RULESET_VERSION = 1
# Since ABI 7: hostile code must not be able to fill the audit log with its denials.
_LOG_SAME_EXEC_OFF = 1


class _RulesetAttr(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # what `_pack_` implies; said aloud because Python 3.14 asks for it
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def kernel_abi() -> int:
    """The kernel's Landlock version; raises `Unavailable` where there is none."""
    if not LINUX:
        raise Unavailable(
            "Landlock is part of Linux", "Grade on Linux, or inside a Linux container."
        )
    try:
        return syscall(SYS_LANDLOCK_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    except OSError as error:
        raise Unavailable(
            f"the kernel offers no Landlock ({error.strerror})",
            "Use Linux 5.13 or newer with `landlock` in its `lsm=` list, and a container "
            "profile that lets the landlock_* calls through.",
        ) from error


def handled(abi: int) -> tuple[int, int, int]:
    """The file, network and scope rights that a kernel of this version can deny."""
    files = (1 << _FILE_RIGHTS[min(abi, 5)]) - 1
    return files, _TCP_BIND_AND_CONNECT * (abi >= 4), _ABSTRACT_SOCKETS_AND_SIGNALS * (abi >= 6)


def ruleset(abi: int, allowed: Iterable[tuple[Path, int]]) -> int:
    """A descriptor of a new ruleset that allows each right on and below its path, and no other.

    It survives fork, so one built in the zygote serves every worker. Paths that are not there are
    left out.
    """
    files, network, scopes = handled(abi)
    attributes = _RulesetAttr(files, network, scopes)
    # A kernel that does not know the later fields wants them zero, which `handled` sees to.
    descriptor = syscall(
        SYS_LANDLOCK_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0
    )
    os.set_inheritable(descriptor, False)
    for path, rights in allowed:
        _allow(descriptor, path, rights & files)
    return descriptor


def restrict(descriptor: int, abi: int) -> None:
    """Bind this thread and all it starts to the ruleset; needs no_new_privs or root."""
    syscall(SYS_LANDLOCK_RESTRICT_SELF, descriptor, _LOG_SAME_EXEC_OFF if abi >= 7 else 0)


def _allow(descriptor: int, path: Path, rights: int) -> None:
    try:
        entry = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(entry).st_mode):
            rights &= _RIGHTS_OF_A_FILE
        rule = _PathBeneathAttr(rights, entry)
        syscall(SYS_LANDLOCK_ADD_RULE, descriptor, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(entry)
