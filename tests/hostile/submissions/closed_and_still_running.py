"""Tries: close the channel and compute on.

Holds: the worker is killed at once; nobody blames the memory.
"""
# says: closed what it answers through

import os
import time

import kit


def softmax(x, dim=-1):
    os.close(kit.channel())
    time.sleep(60)
