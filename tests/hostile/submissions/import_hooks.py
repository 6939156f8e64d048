"""Tries: hook every import, so that whoever imports anything gets something else.

Holds: nobody of ours imports anything over there.
"""

import importlib.abc
import importlib.machinery
import sys
import types

from kit import wrong as softmax


class Hook(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        return types.SimpleNamespace(passed=True, main=lambda *args: 0)

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Hook())
sys.path_hooks.insert(0, Hook)
sys.modules["grader.examiner.comparison"] = sys.modules["_pytest"] = types.ModuleType("fake")
