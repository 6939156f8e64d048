"""The process that a zygote and its examiner come from: it loads torch once, for both.

    caller ── environment ──► ancestor ──► the examiner, or whoever else has workers
                                 └─ fork ──► zygote

Until the fork it holds nothing that a learner's code may not see: it was started in the zygote's
environment, which is the same for everybody, and is given the caller's when the zygote is gone.
"""

import importlib
import os
import socket
import sys
from pathlib import Path

from grader.lockdown.privileges import keep_to_oneself
from grader.worker import zygote
from grader.worker.environment import SEARCHED, take_environment
from grader.worker.fork import Fork


def main(descriptor: str, module: str, *kept: str) -> None:
    """Fork the zygote, and go on in `main` of a module of the trusted side.

    `kept` are the names that a zygote's environment holds.
    """
    forked = Fork(lambda control: go_on(control, kept))
    keep_to_oneself()  # before there is anything to look for
    with socket.socket(fileno=int(descriptor)) as ours:
        take_environment(ours)
        descriptor = str(ours.detach())
    importlib.import_module(module).main(descriptor, forked)


def go_on(control: str, kept: tuple[str, ...]) -> None:
    """As a zygote that was started by itself would find things."""
    searched = os.environ.get(SEARCHED, "").split(os.pathsep)
    for name in os.environ.keys() - kept:
        del os.environ[name]
    ours = {str(Path(folder).absolute()) for folder in searched if folder}
    sys.path[:] = [folder for folder in sys.path if folder not in ours]
    zygote.main(control, "cpu")
