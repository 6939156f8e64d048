"""Tries: register codecs, reducers, operators and hooks that outlive a call.

Holds: none of them outlives the process.
"""

import codecs
import copyreg
import gc
import sys
import weakref

import torch
from kit import put
from kit import wrong as softmax


def late(*_):
    put(b"late")
    return None


class Held:
    pass


held = Held()
weakref.finalize(held, late)
codecs.register(lambda name: None)
copyreg.pickle(torch.Tensor, lambda tensor: (late, ()))
library = torch.library.Library("aten", "IMPL")
library.impl("exp", lambda x: x * 0 + 1, "CPU", allow_override=True)
torch.serialization.add_safe_globals([Held])
sys.path_hooks.insert(0, lambda path: (_ for _ in ()).throw(ImportError))
sys.unraisablehook = late
gc.collect()
