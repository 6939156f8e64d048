"""Tries: fill every text of every test, for a report that no mailbox takes.

Holds: a report has its size, whatever is in it.
"""
# says: EEEEEEEE

import kit

Error = type("E" * 10_000, (ValueError,), {})


def softmax(x, dim=-1):
    kit.wrong(x)
    print("\x1b\U000e0041" * 20_000)
    return deep(12, "\x1b" * 5_000)  # and here the line goes on: "\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b"


def deep(floors, text):
    if floors:
        deep(floors - 1, text)
    raise Error(text)
