"""Windows as triangles, blocks as a Kronecker product."""

import torch


def sliding_window_mask(length: int, window: int, causal: bool = True) -> torch.Tensor:
    if window <= 0:
        raise ValueError(f"{window} is no window")
    ones = torch.ones(length, length, dtype=torch.bool)
    left = ones.triu(1 - window)
    return left.tril() if causal else left.tril(window - 1)


def global_and_window_mask(length, window, global_positions):
    is_global = torch.zeros(length, dtype=torch.bool)
    is_global[list(global_positions)] = True
    near = sliding_window_mask(length, window, causal=False)
    return near | is_global | is_global.unsqueeze(1)


def block_sparse_mask(layout, block):
    square = torch.ones(block, block, device=layout.device, dtype=torch.uint8)
    return torch.kron(layout.to(torch.uint8).contiguous(), square).bool()
