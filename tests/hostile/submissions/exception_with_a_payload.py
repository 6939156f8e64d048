"""Tries: raise an exception that would run code where somebody unpickles, prints or compares it.

Holds: only its text and its type's name get across.
"""
# says: Payload

import os

import kit


class Payload(Exception):
    def __reduce__(self):
        return os.system, ("echo hostile > /tmp/hostile-was-here",)

    def __eq__(self, other):
        return True

    __hash__ = Exception.__hash__


def softmax(x, dim=-1):
    kit.wrong(x)
    raise Payload("see me")
