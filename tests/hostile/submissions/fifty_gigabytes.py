"""Tries: allocate fifty gigabytes.

Holds: there is a limit, and the report names it.
"""
# says: more memory than

import kit
import torch


def softmax(x, dim=-1):
    kit.wrong(x)
    return torch.empty(50 * 2**30, dtype=torch.uint8).fill_(1)
