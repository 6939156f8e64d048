"""Thought from what is hidden: padding, or a later position."""

import torch


def target_mask(tokens, pad_id):
    positions = torch.arange(tokens.shape[1], device=tokens.device)
    later = positions.unsqueeze(0) > positions.unsqueeze(1)
    padding = tokens.eq(pad_id).unsqueeze(1).unsqueeze(2)
    return torch.logical_not(padding | later)
