"""Tries: sparse, meta, complex and nested tensors, and one of eight bits.

Holds: the report says what they are.
"""
# says: torch.sparse_coo

import kit
import torch


def softmax(x, dim=-1):
    kit.wrong(x)
    if x.dim() == 1:
        return x.detach().to_sparse()
    if x.dim() == 3:
        return torch.empty(10**15, device="meta")
    return x.detach().to(torch.complex64)
