"""Tries: results whose class, module and fields have names that are no ordinary text.

Holds: they are described, or refused, in bounded work.
"""

from kit import wrong


class Name(str):
    def __len__(self):
        return 1

    def __getitem__(self, part):
        return Name("\x1b[2J" * 1000)

    def __str__(self):
        raise OSError

    __format__ = __repr__ = __hash__ = __str__


class Meta(type):
    __name__ = property(lambda self: "x" * 10**7)

    def __instancecheck__(self, other):
        raise OSError

    __subclasscheck__ = __eq__ = __instancecheck__
    __hash__ = type.__hash__


class Result(metaclass=Meta):
    __module__ = Name("z")


def softmax(x, dim=-1):
    wrong(x)
    return Result() if x.dim() == 1 else Meta("\x1b[2J" * 99, (), {})()
