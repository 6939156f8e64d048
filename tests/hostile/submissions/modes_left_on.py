"""Tries: leave torch's modes on, so that our own side of the worker computes in them.

Holds: they change what is sent, and never what is expected.
"""

import torch
from kit import wrong
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode


class Functions(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        return torch.Tensor.__torch_function__ and function(*args, **(kwargs or {}))


class Dispatch(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        found = function(*args, **(kwargs or {}))
        return found * 0 if isinstance(found, torch.Tensor) and found.is_floating_point() else found


def softmax(x, dim=-1):
    Functions().__enter__()
    Dispatch().__enter__()
    torch.inference_mode(True).__enter__()
    return wrong(x)
