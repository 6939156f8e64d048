"""Tries: return a tensor subclass that lies about its shape, its size and every comparison.

Holds: what arrives is a plain tensor with its real numbers.
"""

import torch
from kit import wrong


class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.allclose, torch.equal, torch.Tensor.eq, torch.isclose):
            return True
        return super().__torch_function__(function, types, args, kwargs or {})

    @property
    def shape(self):
        return torch.Size([2, 3, 4])

    def __eq__(self, other):
        return True

    def numel(self):
        return 0

    def element_size(self):
        return 0


def softmax(x, dim=-1):
    return wrong(x).as_subclass(Liar)
