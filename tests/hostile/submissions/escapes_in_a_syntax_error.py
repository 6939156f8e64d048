"""Tries: steer the terminal through a line that is no Python.

Holds: the report has no control characters.
"""
# says: not valid Python

def softmax(x, dim=-1): return "[31m[2J]0;owned" x
