"""Tries: answer ahead, so that every later question gets the answer to an earlier one.

Holds: answers that do not fit are wrong.
"""
# says: yours is

from kit import NOTHING_MISSING, answer, frame, put, wrong

for value in (NOTHING_MISSING, None, None, None):
    put(frame(answer(value)))


def softmax(x, dim=-1):
    put(frame(answer({"tuple": [True]})))
    return wrong(x)
