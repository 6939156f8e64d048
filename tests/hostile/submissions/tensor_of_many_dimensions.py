"""Tries: a tensor of a hundred thousand dimensions, which crashes torch where it is made a list.

Holds: the worker does not send it.
"""
# says: 100,000 dimensions

import kit
import torch


def softmax(x, dim=-1):
    kit.wrong(x)
    return (torch.zeros([1] * 100_000),)
