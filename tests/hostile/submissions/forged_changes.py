"""Tries: give the right answer, and say that each call has changed an argument which it never had.

Holds: such a reply is no answer, and no error of ours.
"""
# says: wrote into the channel

import sys

LoadedModule = sys.modules["grader.worker.calls"].LoadedModule
perform = LoadedModule.perform


def performed(self, call):
    try:
        return perform(self, call)
    finally:
        self.written = (63,)


LoadedModule.perform = performed


def softmax(x, dim=-1):
    shifted = (x - x.amax(dim, keepdim=True)).exp()
    return shifted / shifted.sum(dim, keepdim=True)
