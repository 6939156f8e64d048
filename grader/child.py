"""A child process of ours: what it is started with, and how it is told to end."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from exercises.streams import open_standard_streams

# Not with `-m`: what a module imports first may take seconds, and its parent may end meanwhile.
# What a module imports is no garbage: to look for some in it takes a tenth of the time.
# A caller may ignore its children's ends; whoever waits for some must not.
# It is of one version with us, wherever we were found: what is installed may be another.
PROGRAM = """
import gc, signal, sys
from importlib.util import module_from_spec, spec_from_file_location
spec = spec_from_file_location("grader", {package!r} + "/__init__.py")
sys.modules["grader"] = package = module_from_spec(spec)
spec.loader.exec_module(package)
from grader.lockdown.lifeline import end_with_holder
end_with_holder(int(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
gc.disable()
from {module} import main
gc.freeze()
gc.enable()
main(*sys.argv[2:])
"""
PACKAGE = str(Path(__file__).parent)


class Child:
    """Runs `main` of a module; its first argument is the descriptor of its end of `socket`.

    It ends within a second of this process, whatever ended that, and whichever thread started it.
    """

    def __init__(
        self,
        module: str,
        *arguments: str,
        environment: Mapping[str, str],
    ) -> None:
        open_standard_streams()
        self.socket, theirs = socket.socketpair()
        lifeline, held = os.pipe()
        self._lifeline = os.fdopen(held, "wb")
        try:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-I",  # nothing of the caller's: no variable, no folder of theirs
                    "-c",
                    PROGRAM.format(module=module, package=PACKAGE),
                    str(lifeline),
                    str(theirs.fileno()),
                    *arguments,
                ],
                env=environment,
                cwd="/",
                pass_fds=[lifeline, theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the command, which ends us when it ends
            )
        except BaseException:
            self.socket.close()
            self._lifeline.close()
            raise
        finally:
            theirs.close()
            os.close(lifeline)

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> None:
        """End it at once, whatever it is doing; its own children end when it is gone."""
        self._process.kill()

    def close(self) -> int:
        """Let go of it, which is what it ends by, and wait for that; its exit status.

        Once more does no harm.
        """
        self.socket.close()
        self._lifeline.close()
        return self._process.wait()
