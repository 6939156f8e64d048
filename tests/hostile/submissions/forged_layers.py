"""Tries: claim a verdict, points and layers of protection in a reply.

Holds: a reply holds a value and nothing else.
"""
# says: wrote into the channel

from kit import frame, seize
from kit import wrong as softmax

seize(frame({"outcome": "passed", "points": 10, "layers": {"seccomp": "none"}, "output": ""}))
