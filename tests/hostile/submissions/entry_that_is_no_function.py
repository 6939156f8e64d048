"""Tries: an entry point that is callable, and everything else at once.

Holds: what it gives is not what is asked for.
"""
# says: an object of type Everything

import kit


class Everything:
    __name__ = "softmax"
    __wrapped__ = kit.wrong

    def __call__(self, x, dim=-1):
        kit.wrong(x)
        return self

    def __getattr__(self, name):
        return self


softmax = Everything()
