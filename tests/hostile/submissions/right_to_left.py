"""Tries: turn round the verdict beside it, by letters that are written from right to left.

Holds: they are shown by their numbers.
"""
# says: ValueError: \u05d0 11/0

import kit


def softmax(x, dim=-1):
    kit.wrong(x)
    letters = list(map(chr, (0x5D0, 0x627, 0x661, 0x7C0, 0x1E900)))
    print(*letters, "11/0")
    raise ValueError(f"{letters[0]} 11/0 {letters}")
