"""A column of BOS, and the rest behind it."""

import torch


def shift_right(tokens: torch.Tensor, bos_id: int, pad_id: int) -> torch.Tensor:
    bos = tokens.new_full((tokens.size(0), 1), bos_id)
    shifted = torch.cat([bos, tokens[:, :-1]], dim=1)
    return torch.where(shifted < 0, pad_id, shifted)
