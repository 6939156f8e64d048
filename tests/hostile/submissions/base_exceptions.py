"""Tries: raise what nobody catches: KeyboardInterrupt, GeneratorExit, a BaseException of one's own.

Holds: each fails the test that it happens in.
"""
# says: Unheard

import kit


class Unheard(BaseException):
    pass


def softmax(x, dim=-1):
    kit.wrong(x)
    raise {1: KeyboardInterrupt, 2: GeneratorExit}.get(x.dim(), Unheard)("passed")
