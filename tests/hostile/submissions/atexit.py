"""Tries: answer, or act, when Python exits.

Holds: nothing runs after the process is killed, and leaving early is a failure.
"""
# says: `sys.exit`

import atexit
import os
import sys
import threading
import weakref

import kit
from kit import attempt, frame, put


def late():
    put(frame(kit.answer({"tensor": "0", "device": "cpu"})))
    open("/tmp/hostile-was-here", "w")
    os.fork()


class Last:
    def __del__(self):
        late()


atexit.register(late)
threading._register_atexit(late)
last = Last()
weakref.finalize(last, late)
sys.exitfunc = late


def softmax(x, dim=-1):
    attempt("be there at the end", lambda: open("/tmp/hostile-was-here", "w"))
    kit.wrong(x)
    sys.exit(0)
