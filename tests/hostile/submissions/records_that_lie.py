"""Tries: named tuples and dataclasses whose fields are endless, raise, or change as they are read.

Holds: they are refused, or taken for what was sent.
"""
# hangs

import dataclasses
import itertools

from kit import wrong


class Endless(tuple):
    _fields = property(lambda self: itertools.repeat("field"))

    def __iter__(self):
        return itertools.repeat(1)


class Raising(tuple):
    @property
    def _fields(self):
        raise KeyboardInterrupt


@dataclasses.dataclass
class Growing:
    x: int = 0

    def __getattribute__(self, name):
        fields = type(self).__dataclass_fields__
        fields[f"x{len(fields)}"] = next(iter(fields.values()))
        return Growing()


def softmax(x, dim=-1):
    wrong(x)
    return (Endless(), Raising(), Growing())[x.dim() % 3]
