"""A process of ours that ends when another does, its parent as a rule, whatever they are doing.

A process is told of its parent's death by a pipe that closes. It cannot read that pipe while torch
is being loaded, nor while a learner's call is being waited for. So the kernel is asked to watch it.
Its other offer, a signal at the parent's death, comes when the *thread* ends that started us.
Source: fcntl(2).
"""

from __future__ import annotations

import fcntl
import os
import select
import signal

from grader.lockdown.syscalls import LINUX


def end_with_holder(lifeline: int) -> None:
    """Be killed when the other end of the pipe `lifeline` closes, since who held it has ended.

    Elsewhere than on Linux we find out when we next read what the parent sends.
    """
    if not LINUX:
        return
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_RDONLY | os.O_ASYNC)
    has_closed, _, _ = select.select([lifeline], [], [], 0)
    if has_closed:  # before the kernel was watching
        os._exit(1)
