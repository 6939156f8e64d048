"""Tries: refuse and record everything by an audit hook, which cannot be removed.

Holds: it lives and dies with this process.
"""

import sys

from kit import wrong as softmax

events = set()


def hook(event, arguments):
    events.add(event)
    if event in ("compile", "exec"):
        raise RuntimeError("refused by the submission")


sys.addaudithook(hook)
