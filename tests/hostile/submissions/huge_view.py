"""Tries: return one number that is viewed as a million million, and one that shares its memory.

Holds: it is not taken.
"""
# says: more than can be taken back

import kit
import torch


def softmax(x, dim=-1):
    kit.wrong(x)
    return torch.zeros(1).expand(10**12)
