"""Tries: run code whose table of lines is garbage, or leads far outside of its file.

Holds: the traceback is cut to what is there.
"""
# says: ValueError

import types

from kit import wrong


def fails(x):
    raise ValueError("somewhere")


def far(x):
    fails(x)


for function in (fails, far):
    function.__code__ = function.__code__.replace(co_firstlineno=2**31 - 9, co_filename="softmax.py", co_name="f" * 9999)
tables = [bytes(40), b"\xff" * 40, bytes(range(40))]
odd = types.FunctionType(far.__code__.replace(co_qualname="\x1b[2J\u202e"), {"fails": fails})


def softmax(x, dim=-1):
    wrong(x)
    odd.__code__ = odd.__code__.replace(co_linetable=tables[x.dim() % 3])
    odd(x)
