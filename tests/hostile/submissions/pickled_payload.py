"""Tries: return objects whose `__reduce__` would run code where somebody unpickles them.

Holds: nobody does; they stay behind as objects of some type.
"""
# says: an object of type Payload

import os
import pickle

import kit


class Payload:
    def __reduce__(self):
        return os.system, ("echo hostile > /tmp/hostile-was-here",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __deepcopy__ = __copy__ = __reduce__


def softmax(x, dim=-1):
    kit.wrong(x)
    if x.dim() == 1:
        return pickle.dumps(Payload())
    return Payload()
