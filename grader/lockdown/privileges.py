"""Who a worker is: a user of its own where we are root, and without any capability.

Root cannot be bound by RLIMIT_NPROC and owns most files, so where we may, a worker becomes a user
that no other process has. Sources: capabilities(7), prctl(2), https://systemd.io/UIDS-GIDS/.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from grader.lockdown import syscalls
from grader.lockdown.syscalls import LINUX, Layer, prctl

_DAC_READ_SEARCH, _KILL, _SETGID, _SETUID = 1 << 2, 1 << 5, 1 << 6, 1 << 7
TO_BECOME_A_USER = _SETUID | _SETGID | _KILL
# The range that systemd gives to users who live as long as one process. It also fits into the
# 65536 ids that a container with a user namespace usually has.
_FIRST_UID, _UIDS = 61184, 4336


def keep_to_oneself() -> None:
    """No core file and no debugger: other processes of the same user cannot look into this one."""
    if LINUX:
        prctl(syscalls.PR_SET_DUMPABLE, 0)


def harden() -> None:
    """In the zygote: no new privileges, no look into it, no way back to capabilities."""
    if not LINUX:
        return
    prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    keep_to_oneself()
    for capability in range(64):
        try:
            prctl(syscalls.PR_CAPBSET_DROP, capability)
        except OSError:  # not permitted, or past the last capability this kernel has
            break


def capability_to_read(readable: Iterable[Path], held: int) -> int | None:
    """The capabilities with which a user of its own could read `readable`: often none.

    `held` are those of this process. None where a worker cannot become one, or could then not be
    killed by whoever watches it.
    """
    if held & TO_BECOME_A_USER != TO_BECOME_A_USER:
        return None
    if all(_is_open_to_all(path) for path in readable):
        return 0
    return _DAC_READ_SEARCH if held & _DAC_READ_SEARCH else None


def give_up(kept: int | None, number: int) -> Layer:
    """In the worker: become a user of its own (if `kept` is not None) and drop all capabilities.

    `number` is one that no other process has. Where `kept` has to stay, the layer does not hold.
    """
    if not LINUX:
        return Layer(False, "this system has no privileges to give up", "Grade on Linux.")
    detail = f"user {os.getuid()}, no capabilities"
    prctl(syscalls.PR_CAP_AMBIENT, 4)  # PR_CAP_AMBIENT_CLEAR_ALL
    if kept is not None:
        try:
            detail = f"{_become_a_user(kept, number)}, no capabilities"
        except OSError as error:
            detail = f"still user {os.getuid()} ({error.strerror}), no capabilities"
            kept = 0
    syscalls.capset(kept or 0)
    # Changing the user resets both of these, so they come last.
    prctl(syscalls.PR_SET_DUMPABLE, 0)
    prctl(syscalls.PR_SET_PDEATHSIG, 9)
    if kept:
        return Layer(
            False,
            "a worker has to read files of every user, since others may not enter Python's folder",
            "Install Python where every user may read it, as in /usr/local, or do not be root.",
        )
    return Layer(True, detail)


def _become_a_user(kept: int, number: int) -> str:
    uid = _FIRST_UID + number % _UIDS
    prctl(syscalls.PR_SET_KEEPCAPS, 1 if kept else 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    return f"user {uid}"


def _is_open_to_all(path: Path) -> bool:
    """Whether every user may read `path` and reach it, as far as it exists."""
    readable, searchable = 0o004, 0o001
    return not path.exists() or (
        bool(path.stat().st_mode & readable)
        and all(parent.stat().st_mode & searchable for parent in path.parents)
    )
