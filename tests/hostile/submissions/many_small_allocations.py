"""Tries: allocate a little, for ever.

Holds: there is a limit.
"""
# says: more memory than|did not finish|ended the Python process

import kit

kept = []


def softmax(x, dim=-1):
    kit.wrong(x)
    while True:
        kept.append(bytearray(1 << 20))
