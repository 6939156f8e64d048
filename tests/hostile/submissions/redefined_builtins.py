"""Tries: redefine the builtins that the worker answers with.

Holds: it only spoils its own answers.
"""

import builtins

from kit import wrong as softmax

real = builtins.isinstance
builtins.print = lambda *args, **kwargs: None
builtins.isinstance = lambda value, kind: True if kind is bool else real(value, kind)
builtins.len = lambda value: 0
builtins.hasattr = lambda *args: True
builtins.all = lambda *args: True
builtins.any = lambda *args: True
builtins.min = builtins.max = lambda *args, **kwargs: 0
builtins.type = lambda *args: str
builtins.__import__ = lambda *args, **kwargs: None
