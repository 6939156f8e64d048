"""Tries: leave torch, Python and the machine in a state that spoils the next submission.

Holds: the next one starts from a fresh copy.
"""

import builtins
import gc
import os
import random
import sys
import warnings

import torch
from kit import wrong as softmax

torch.set_default_dtype(torch.float64)
torch.set_printoptions(precision=1)
torch.use_deterministic_algorithms(True)
torch.set_grad_enabled(False)
torch.set_flush_denormal(True)
torch.exp = torch.Tensor.exp = lambda *args, **kwargs: torch.zeros(1)
sys.setrecursionlimit(50)
sys.setswitchinterval(100)
sys.path.clear()
sys.meta_path.clear()
os.environ["PYTHONSTARTUP"] = "/tmp/hostile-was-here"
os.environ["OMP_NUM_THREADS"] = "1000"
random.seed(0)
warnings.simplefilter("error")
gc.disable()
builtins.float = builtins.int
os.umask = os.getpid = os.getppid = lambda *args: 0
