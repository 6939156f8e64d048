"""Tries: write what is no frame.

Holds: the test fails with a sentence that says so.
"""
# says: wrote into the channel

import os

import kit


def softmax(x, dim=-1):
    os.write(kit.channel(), b"HTTP/1.1 200 OK\r\n\r\npassed")
    return kit.wrong(x)
