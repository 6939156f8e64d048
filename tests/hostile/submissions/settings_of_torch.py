"""Tries: change each setting of torch and numpy that a process has, for whoever comes next.

Holds: the next submission has a process of its own.
"""

import numpy
import torch
from kit import wrong as softmax

torch.set_default_dtype(torch.float16)
torch.set_default_device("meta")
torch.set_num_threads(64)
torch.use_deterministic_algorithms(True)
torch.set_flush_denormal(True)
torch.set_float32_matmul_precision("medium")
torch.set_printoptions(precision=1, edgeitems=1)
torch.autograd.set_detect_anomaly(True)
torch.set_grad_enabled(False)
numpy.seterr(all="raise")
numpy.set_printoptions(threshold=1)
numpy.random.seed(0)
