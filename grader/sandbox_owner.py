"""A child process of ours that has workers, and so a zygote. No torch here."""

import contextlib
import os

from grader.child import Child
from grader.examiner.sandbox import zygote_environment
from grader.worker.environment import LINKED, send_environment


class SandboxOwner(Child):
    """Runs `main` of a module as `Child` does; its second argument is the zygote, a `Fork`, or
    None."""

    def __init__(self, module: str) -> None:
        environment = zygote_environment("cpu")
        if LINKED in os.environ:  # torch in there may be asked for a GPU, and a start settles it
            environment[LINKED] = os.environ[LINKED]
        super().__init__("grader.worker.ancestor", module, environment=environment)
        with contextlib.suppress(OSError):  # one that has ended is noticed by whoever asks it
            send_environment(self.socket)
