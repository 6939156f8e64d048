"""Tries: lists and dictionaries that grow for as long as somebody reads them.

Holds: after so many values they are too large.
"""
# says: values|keys|nested

from kit import wrong


class Growing(list):
    def __iter__(self):
        yield from iter(int, 1)


class Deeper(list):
    def __iter__(self):
        yield Deeper()


class Keys(dict):
    def items(self):
        return (("key", Growing()) for _ in iter(int, 1))

    def __iter__(self):
        return iter("k")


def softmax(x, dim=-1):
    wrong(x)
    return (Growing([1]), Deeper([1]), Keys(key=1))[x.dim() % 3]
