"""Token by token, into a mask that was made before."""

import torch


def padding_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    mask = torch.ones(len(tokens), 1, 1, tokens.shape[1], dtype=torch.bool, device=tokens.device)
    for b, row in enumerate(tokens.tolist()):
        for s, token in enumerate(row):
            if token == pad_id:
                mask[b, 0, 0, s] = False
    return mask
