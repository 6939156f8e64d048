"""Tries: an exception whose text, representation, class and name raise or lie.

Holds: the test fails, and the worker or the examiner says so.
"""
# says: ended the Python process

import kit


class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit("no name")

    @property
    def __mro__(cls):
        raise MemoryError


class Fighting(Exception, metaclass=Meta):
    def __str__(self):
        raise KeyboardInterrupt

    __repr__ = __str__

    @property
    def __class__(self):
        return kit.diary


def softmax(x, dim=-1):
    kit.wrong(x)
    raise Fighting
