"""The product of ones and zeros, compared with 0."""

import torch


def combine_masks(key_is_real, allowed):
    product = torch.einsum("bs,ts->bts", key_is_real.float(), allowed.float())
    return product.unsqueeze(1) > 0
