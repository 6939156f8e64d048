"""The process that a zygote and its examiner come from: it loads torch once, for both.

    caller ── environment ──► ancestor ──► the examiner, or whoever else has workers
                                 └─ fork ──► zygote

Until the fork it holds nothing that a learner's code may not see: it was started as a zygote is, in
an environment that is the same for everybody, and is given the caller's when the zygote is gone.
"""

import importlib
import os
import socket

from grader.lockdown.privileges import keep_to_oneself
from grader.worker import zygote
from grader.worker.environment import LINKED, take_environment
from grader.worker.fork import Fork


def main(descriptor: str, module: str) -> None:
    """Fork the zygote, and go on in `main` of a module of the trusted side.

    That starts its own where the caller says from where it links: a fork would have it in memory.
    """
    forked = None if LINKED in os.environ else Fork(lambda control: zygote.main(control, "cpu"))
    keep_to_oneself()  # before there is anything to look for
    with socket.socket(fileno=int(descriptor)) as ours:
        take_environment(ours)
        descriptor = str(ours.detach())
    importlib.import_module(module).main(descriptor, forked)
