"""Tries: have torch compile, build, load or start something.

Holds: nothing is built, loaded or started.
"""

import torch
from kit import attempt
from kit import wrong as softmax
from torch.utils.data import DataLoader

attempt("a C++ extension", lambda: __import__("torch.utils.cpp_extension").utils.cpp_extension.load_inline("hostile", "int x;"))
attempt("a library of operators", lambda: torch.ops.load_library("/tmp/hostile.so"))
attempt("workers", lambda: next(iter(DataLoader([1, 2], num_workers=1))))
attempt("processes", lambda: torch.multiprocessing.spawn(print, nprocs=1))
attempt("shared memory", lambda: torch.ones(3).share_memory_())
attempt("a saved program", lambda: torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), "/tmp/hostile-was-here.pt"))
