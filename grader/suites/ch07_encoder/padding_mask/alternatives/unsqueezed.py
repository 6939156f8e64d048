"""`eq` and a logical not, with the axes added one by one."""

import torch


def padding_mask(tokens, pad_id):
    return torch.logical_not(tokens.eq(pad_id)).unsqueeze(1).unsqueeze(2)
