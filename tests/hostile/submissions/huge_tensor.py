"""Tries: return a tensor of half a gigabyte.

Holds: it is not taken.
"""
# says: more than can be taken back

import kit
import torch


def softmax(x, dim=-1):
    kit.wrong(x)
    return torch.zeros(100_000_000)
