"""A child that is a fork of this process, and is told to end as every other child of ours is."""

import contextlib
import os
import signal
import socket
import traceback
from collections.abc import Callable

from grader.lockdown.lifeline import end_with_holder


class Fork:
    """A child that has loaded what this process has, and goes on in `main`; held as a `Child` is.

    `main` is given the descriptor of its end of `socket`; nothing else that is open here is open
    there, but the standard streams. This process must have one thread.
    """

    def __init__(self, main: Callable[[str], None]) -> None:
        self.socket, theirs = socket.socketpair()
        lifeline, held = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _go_on(main, lifeline, theirs.fileno())
        self._lifeline = os.fdopen(held, "wb")
        self._status: int | None = None
        theirs.close()
        os.close(lifeline)

    def end(self) -> None:
        """End it at once, whatever it is doing; its own children end when it is gone."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> int:
        """Let go of it, which is what it ends by, and wait for that; its exit status.

        Once more does no harm.
        """
        self.socket.close()
        self._lifeline.close()
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._status


def _go_on(main: Callable[[str], None], lifeline: int, descriptor: int) -> None:
    """The fork's side. It never returns to what its parent was doing."""
    status = 1
    try:
        os.setsid()  # Ctrl-C is for the command, which ends us when it ends
        first, second = sorted((lifeline, descriptor))
        os.closerange(3, first)
        os.closerange(first + 1, second)
        os.closerange(second + 1, os.sysconf("SC_OPEN_MAX"))
        end_with_holder(lifeline)
        main(str(descriptor))
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
