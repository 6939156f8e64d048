"""A child process of ours that has workers, and so a zygote. No torch here."""

import contextlib
import os

from grader.child import Child
from grader.examiner.sandbox import zygote_environment
from grader.worker.environment import SEARCHED, send_environment


class SandboxOwner(Child):
    """Runs `main` of a module as `Child` does; its second argument is the zygote, a `Fork`."""

    def __init__(self, module: str) -> None:
        kept = zygote_environment("cpu")
        environment = zygote_environment("cuda")  # which torch in there may be asked for later
        if searched := os.environ.get(SEARCHED):  # what we are made of may lie there
            environment[SEARCHED] = searched
        # -P: no import from the current folder, which may hold a learner's files. -s: nor from the
        # user's own, which a zygote that is started later does not search either.
        super().__init__(
            "grader.worker.ancestor", module, *kept, isolation="-Ps", environment=environment
        )
        with contextlib.suppress(OSError):  # one that has ended is noticed by whoever asks it
            send_environment(self.socket)
