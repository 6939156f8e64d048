"""A machine of its own for the zygote and its workers: nobody to see, nobody to signal, no network.

    pid     no other process has a number here
    net     no interface, not even the local one
    ipc     no message queue and no shared memory of others
    uts     no name of the machine
    mount   no file but those that are readable: no /proc, no home, nor the name of one

Root may do this, and where the system lets them, so may users in a namespace of their own users.
Nothing depends on it: where it fails, the other layers hold. It is done once, in the zygote.
Sources: namespaces(7), user_namespaces(7), mount_namespaces(7), pivot_root(2).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from pathlib import Path

from grader.lockdown.lifeline import end_with_holder
from grader.lockdown.syscalls import (
    LINUX,
    PR_SET_PDEATHSIG,
    Layer,
    Unavailable,
    mount,
    pivot_root,
    prctl,
    unmount,
    unshare,
)

_NEW_USERS = 0x10000000
_NEW_ALL = 0x20000 | 0x4000000 | 0x8000000 | 0x20000000 | 0x40000000  # mount uts ipc pid net
_READ_ONLY, _REMOUNT, _NO_ACCESS_TIMES, _BIND = 1, 1 << 5, 1 << 10, 1 << 12
_RECURSIVE, _PRIVATE = 1 << 14, 1 << 18
_CANNOT_BE_LIFTED = 2 | 4 | 8  # nosuid, nodev, noexec, where a mount has them already
_HOST_NAME = "worker"


def enter(readable: Iterable[Path]) -> Layer:
    """Move this process into namespaces of its own; what it forks from now on lives in all of them.

    Raises `Unavailable` where this machine does not let us. There is no way back from half of it,
    so a fork tries it first, with one file.
    """
    if not LINUX:
        raise Unavailable("namespaces are part of Linux", "Grade on Linux.")
    places = (*readable, Path(os.devnull))
    shown = {place: place.resolve() for place in places if os.access(place, os.F_OK)}
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _enter({Path(os.devnull): Path(os.devnull)})
            status = 0
        except OSError as error:
            status = error.errno or 1
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        raise Unavailable(
            f"this machine gives none ({os.strerror(status)})",
            "They are one more layer: allow user namespaces to those who are not root.",
        )
    _enter(shown)
    return Layer(True, "own processes, files, network")


def _enter(shown: dict[Path, Path]) -> None:
    user, group = os.getuid(), os.getgid()
    try:
        unshare(_NEW_ALL)
    except PermissionError:
        unshare(_NEW_ALL | _NEW_USERS)
        # There we may do all of what follows, to what is ours.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    socket.sethostname(_HOST_NAME)
    _leave_other_files(shown)
    _start_first_process()


def _leave_other_files(shown: dict[Path, Path]) -> None:
    """A new root folder, in which each of `shown` lies at its place, and nothing else."""
    mount(None, "/", None, _RECURSIVE | _PRIVATE)
    # Any folder but / will do, since it is covered and not changed. This one is there, without
    # asking for it; a place for temporary files is not, where no disk has room.
    root = Path(os.devnull).parent
    umask = os.umask(0o022)
    mount("tmpfs", str(root), "tmpfs", 0, "mode=755")
    (root / "before").mkdir()
    pivot_root(root, root / "before")
    os.chdir("/")
    done: set[Path] = set()
    for place in sorted(shown):
        if done.isdisjoint(place.parents):
            _show(place, Path(f"/before{shown[place]}"))
            done.add(place)
    unmount("/before")
    Path("/before").rmdir()
    Path("/tmp").mkdir(exist_ok=True)  # there is one everywhere; nothing can be written to it
    Path("/tmp").chmod(0o1777)
    os.umask(umask)


def _show(place: Path, source: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        place.mkdir()
    else:
        place.touch()
    mount(str(source), str(place), None, _BIND | _RECURSIVE)
    flags = _REMOUNT | _BIND | _READ_ONLY | os.statvfs(place).f_flag & _CANNOT_BE_LIFTED
    try:
        # When a file was last read is a note that the next submission could find.
        mount(None, str(place), None, flags | _NO_ACCESS_TIMES)
    except PermissionError:
        mount(None, str(place), None, flags)


def _start_first_process() -> None:
    """The namespace of processes lives as long as the first one in it, and so do all in it.

    So does the zygote, which can fork no more when that has ended: or what became of a worker would
    be taken for the end that its code came to.
    """
    reader, writer = os.pipe()
    lifeline, held = os.pipe()
    if os.fork() == 0:
        try:
            prctl(PR_SET_PDEATHSIG, 9)
            os.setsid()
            first, second = sorted((reader, held))
            os.closerange(0, first)
            os.closerange(first + 1, second)
            os.closerange(second + 1, os.sysconf("SC_OPEN_MAX"))
            os.read(reader, 1)  # for ever, or until the zygote is gone
        finally:
            os._exit(0)
    os.close(reader)
    os.close(held)
    os.set_inheritable(writer, False)
    end_with_holder(lifeline)
