"""The logarithm of the sum so far, and an output that is a mean at every step; in float64."""

import torch


def tiled_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, block: int) -> torch.Tensor:
    if block < 1:
        raise ValueError(block)
    dtype = q.dtype
    q, k, v = q.double(), k.double(), v.double()
    output, log_sum = None, None
    for start in range(0, k.size(-2), block):
        tile = slice(start, min(start + block, k.size(-2)))
        scores = q.matmul(k[..., tile, :].mT) * q.size(-1) ** -0.5
        block_log = scores.logsumexp(-1, keepdim=True)
        mean = torch.exp(scores - block_log) @ v[..., tile, :]
        if output is None:
            output, log_sum = mean, block_log
            continue
        joined = torch.logaddexp(log_sum, block_log)
        output = (log_sum - joined).exp() * output + (block_log - joined).exp() * mean
        log_sum = joined
    return output.to(dtype)
