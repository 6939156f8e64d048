"""Tries: a module whose every attribute exists, so that nothing can be missing.

Holds: what is called is called over there, and is wrong.
"""
# says: should be a tensor of shape

import kit


def __getattr__(name):
    return lambda *args, **kwargs: kit.wrong(args[0]) is None
