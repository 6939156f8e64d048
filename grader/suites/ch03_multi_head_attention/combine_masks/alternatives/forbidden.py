"""Thought from what is forbidden: padding, or not in the pattern."""

import torch


def combine_masks(key_is_real, allowed):
    is_padding = key_is_real.logical_not().unsqueeze(1).unsqueeze(2)
    forbidden = torch.logical_or(is_padding, allowed.logical_not()[None, None])
    return torch.logical_not(forbidden)
