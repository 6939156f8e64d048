"""All leading dimensions flattened into one, then `baddbmm` with an additive −inf bias.

Rows without an allowed key are opened before the softmax and closed after it.
"""

import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    lead, (t, d), (s, e) = q.shape[:-2], q.shape[-2:], v.shape[-2:]
    bias = q.new_zeros(*lead, t, s)
    alive = None
    if mask is not None:
        alive = mask.any(dim=-1, keepdim=True)
        bias = bias.masked_fill(~(mask | ~alive), float("-inf"))
    scores = torch.baddbmm(
        bias.reshape(-1, t, s),
        q.reshape(-1, t, d),
        k.reshape(-1, s, d).transpose(1, 2),
        alpha=1 / d**0.5,
    )
    weights = torch.nn.functional.softmax(scores, -1).view(*lead, t, s)
    if alive is not None:
        weights = weights * alive.to(weights.dtype)
    output = torch.bmm(weights.reshape(-1, t, s), v.reshape(-1, s, e))
    return output.view(*lead, t, e), weights
