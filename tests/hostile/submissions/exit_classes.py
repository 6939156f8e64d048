"""Tries: leave by a subclass of SystemExit that claims success.

Holds: it is a failure like any exception.
"""
# says: `sys.exit`

import kit


class Success(SystemExit):
    code = 0

    def __str__(self):
        return "passed"


def softmax(x, dim=-1):
    kit.wrong(x)
    raise Success(0)
