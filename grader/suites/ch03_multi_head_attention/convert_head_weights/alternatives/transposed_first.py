"""The weight turned over as a whole, so that heads are bands of columns; and back again."""

import torch


def unpack_projections(packed: torch.Tensor):
    return packed.split(len(packed) // 3)


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    return torch.stack([w_q, w_k, w_v]).flatten(0, 1)


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    columns = weight.T.reshape(len(weight), n_heads, -1)  # (D inputs, H, d)
    return columns.permute(1, 0, 2).contiguous()


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    return heads.permute(1, 0, 2).flatten(1).T.contiguous()
