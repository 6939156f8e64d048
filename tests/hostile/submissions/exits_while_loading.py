"""Tries: end the process with status 0 before anything is asked.

Holds: nothing is graded, so nothing is passed.
"""
# says: ended the Python process

import os

import kit

softmax = kit.wrong
os._exit(0)
