"""Tries: crash Python.

Holds: the report says so.
"""
# says: segmentation fault

import ctypes


def softmax(x, dim=-1):
    ctypes.string_at(0)
