"""What a head is worth: silence it, and see how much worse the layer gets."""

import math

import torch
import torch.nn.functional as F


def head_importance(
    x: torch.Tensor,
    w_q: torch.Tensor,
    w_k: torch.Tensor,
    w_v: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    target: torch.Tensor,
) -> torch.Tensor:
    """Measure by how much the error of a layer rises when one of its heads is silenced.

    The layer is multi-head self-attention without mask and biases: queries, keys and values are
    x W_qᵀ, x W_kᵀ and x W_vᵀ, each cut into heads of width d = D / n_heads, where head h takes the
    features h·d to (h + 1)·d − 1. Every head computes softmax(q kᵀ / √d) v. The results stand side
    by side, head 0 first, and are multiplied by W_oᵀ.

    To silence a head is to put 0 in the place of its result softmax(q kᵀ / √d) v, before the
    product with W_oᵀ. The other heads stay exactly as they are. The error is the mean of the
    squared differences between the layer's output and the target, over all B·T·D numbers.

    You may call `F.scaled_dot_product_attention`; torch's own multi-head attention is off limits.

    Args:
        x: (B, T, D).
        w_q, w_k, w_v, w_o: (D, D), stored (outputs, inputs) as in nn.Linear.
        n_heads: Number H of heads. D is a multiple of it.
        target: (B, T, D), what the layer's output should have been.

    Returns:
        (H). Entry h is the error with head h silenced, minus the error with all heads. It is
        negative where the layer fits the target better without that head. It need not be
        differentiable.

    All tensors are float32 or all are float64; so is the result. They need not be contiguous, and
    none is changed.

    Source: Michel et al. 2019, "Are Sixteen Heads Really Better than One?", section 3, with the
    squared error in place of a model's score.

    With a single token, each head returns that token's own value:

    >>> x, one = torch.tensor([[[3.0, 1.0]]]), torch.eye(2)
    >>> head_importance(x, one, one, one, one, 2, target=torch.tensor([[[3.0, 0.0]]]))
    tensor([ 4.5000, -0.5000])
    """

    def split(part: torch.Tensor) -> torch.Tensor:  # (B, T, D) to (B, H, T, d)
        return part.reshape(x.size(0), x.size(1), n_heads, -1).transpose(1, 2)

    def error(heads: torch.Tensor) -> torch.Tensor:
        output = F.linear(heads.transpose(1, 2).reshape(x.shape), w_o)
        return (output - target).square().mean()

    q, k, v = split(F.linear(x, w_q)), split(F.linear(x, w_k)), split(F.linear(x, w_v))
    weights = (q @ k.mT / math.sqrt(q.size(-1))).softmax(dim=-1)  # (B, H, T, T)
    heads = weights @ v  # (B, H, T, d)
    rises = []
    for head in range(n_heads):
        keep = torch.ones(n_heads, dtype=x.dtype, device=x.device)
        keep[head] = 0.0
        rises.append(error(heads * keep[:, None, None]) - error(heads))
    return torch.stack(rises)
