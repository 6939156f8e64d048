"""Tries: walk up the frames for expected values, the suite, or anything that knows them.

Holds: the frames above are the worker's, which knows none.
"""

import sys

from kit import diary, search, wrong

SECRETS = ("expected", "reference", "solution", "suite", "examiner", "expect", "seed_of_suite")


def names_above():
    found = set()
    frame = sys._getframe()
    while frame is not None:
        for scope in (frame.f_locals, frame.f_globals):
            found |= {name for name in scope if name in SECRETS}
            files = str(scope.get("__file__", ""))
            found |= {files} & {name for name in (files,) if "grader/suites" in name or "grader/examiner" in name}
        frame = frame.f_back
    return found


def softmax(x, dim=-1):
    diary.clear()
    search("find names in the frames above", names_above)
    search("find names in all threads", lambda: [
        frame for frame in sys._current_frames().values()
        if set(SECRETS) & set(frame.f_globals)
    ])
    return wrong(x)
