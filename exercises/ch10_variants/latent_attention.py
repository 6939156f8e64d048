"""Multi-head latent attention: keys and values from one small vector per token, in two ways."""

import math

import torch
import torch.nn.functional as F


def latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend causally; keys and values of all heads are made from one latent vector per token.

    Each token has the latent c = x W_downᵀ, of width r. From it come all keys, c W_up_kᵀ, and all
    values, c W_up_vᵀ. Queries are x W_qᵀ. Head h has the features h·d to (h + 1)·d − 1 of queries
    and keys and the features h·d_v to (h + 1)·d_v − 1 of values, and computes softmax(q kᵀ / √d) v.
    The heads side by side, head 0 first, go through W_o. There are no biases and no positions.

    A cache has to hold the latents only: given those of P earlier tokens as past, the T tokens of x
    come behind them. A token attends to all P earlier tokens, to itself, and to the tokens of x
    before it.

    Args:
        x: (B, T, D), float32 or float64. T is at least 1.
        w_down: (r, D).
        w_up_k: (H · d, r).
        w_up_v: (H · d_v, r). d_v may differ from d.
        w_q: (H · d, D).
        w_o: (D, H · d_v).
        n_heads: Number H of heads. It divides the first size of w_up_k, w_up_v and w_q.
        past: (B, P, r), the latents of the tokens before x; None stands for none.

        All tensors have the same dtype. They need not be contiguous, and are not changed.

    Returns:
        (output, latents): output (B, T, D), and the latents (B, P + T, r) of all tokens, past
        first, as the next call takes them for past. Both have the dtype of x. Gradients reach all
        tensors given.

    Source: DeepSeek-AI 2024, "DeepSeek-V2", where a part of each key also carries rotary positions.

    >>> x = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    >>> one = torch.eye(2)
    >>> weights = torch.tensor([[1.0, 1.0]]), one[:, :1], one[:, 1:] + 1, one, one
    >>> output, latents = latent_attention(x, *weights, n_heads=2)
    >>> output
    tensor([[[1.0000, 2.0000],
             [1.5000, 3.0000]]])
    >>> latents
    tensor([[[1.],
             [2.]]])
    >>> last, latents = latent_attention(x[:, 1:], *weights, n_heads=2, past=latents[:, :1])
    >>> last
    tensor([[[1.5000, 3.0000]]])
    """
    raise NotImplementedError


def absorbed_latent_attention(
    x: torch.Tensor,
    w_down: torch.Tensor,
    w_up_k: torch.Tensor,
    w_up_v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    n_heads: int,
    past: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute the same, and make no keys and no values: each head attends to the latents.

    A product of a query and a key is q · (W_up_k c) = (W_up_kᵀ q) · c, with the rows of W_up_k that
    belong to the head. So W_up_k can go over to the queries, which then have the width r of the
    latents, and W_up_v to the weighted sum of the latents. For one new token behind a long past
    this does work for each past token with its r numbers only.

    No tensor of keys (B, H, P + T, d) or values (B, H, P + T, d_v) is made, in whatever
    order or grouping of its dimensions.

    Args:
        All as in `latent_attention`.

    Returns:
        (output, latents) as there. The scores are still divided by √d, where d is the width of the
        keys that are not made.

    >>> x = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    >>> one = torch.eye(2)
    >>> weights = torch.tensor([[1.0, 1.0]]), one[:, :1], one[:, 1:] + 1, one, one
    >>> absorbed_latent_attention(x, *weights, n_heads=2)[0]
    tensor([[[1.0000, 2.0000],
             [1.5000, 3.0000]]])
    """
    raise NotImplementedError
