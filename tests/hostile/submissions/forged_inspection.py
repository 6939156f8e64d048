"""Tries: answer ahead, so that every later question gets the answer to an earlier one.

Holds: answers that do not fit are wrong.
"""
# says: yours is

from kit import answer, frame, put, wrong

for _ in range(5):
    put(frame(answer(None)))


def softmax(x, dim=-1):
    put(frame(answer({"tuple": [True]})))
    return wrong(x)
