"""A selective state-space layer's recurrence: a state of fixed size instead of a growing cache."""

import torch


def selective_scan(
    x: torch.Tensor,
    delta: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    c: torch.Tensor,
    skip: torch.Tensor,
    state: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Let each of D channels keep N numbers, which fade and are written anew with every token.

    Channel i has a state h of N numbers. At token t each of them, n, becomes

        h_n ← exp(Δ a_n) h_n + Δ b_n x

    and the channel gives y = Σ_n c_n h_n + skip x, with the new h. Here Δ = delta[:, t, i] and
    x = x[:, t, i] belong to the token and the channel, a_n = a[i, n] to the channel alone, and
    b_n = b[:, t, n] and c_n = c[:, t, n] to the token alone. "Selective" means that Δ, b and c
    depend on the token: it says how much is kept, what is written and what is read.

    Args:
        x: (B, T, D), float32 or float64. T is at least 1.
        delta: (B, T, D), positive: the step Δ. A large one forgets more and writes more.
        a: (D, N), negative, so that the old state fades.
        b: (B, T, N), what a token writes into.
        c: (B, T, N), what a token reads from.
        skip: (D), the share of x that passes by the state.
        state: (B, D, N), the h after the tokens before these; None stands for zeros.

        All tensors have the same dtype. Δ a may be as low as −1000. They need not be contiguous,
        and are not changed.

    Returns:
        A pair: y (B, T, D), and the h (B, D, N) after the last token, as the next call takes it
        to go on. Both have the dtype of x and are finite. Gradients reach all tensors given.

    Source: Gu and Dao 2023, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces".

    >>> x = torch.tensor([[[1.0], [0.0], [2.0]]])
    >>> delta = torch.tensor([[[1.0], [2.0], [0.5]]])
    >>> a, skip = torch.tensor([[-0.5]]), torch.tensor([10.0])
    >>> b, c = torch.tensor([[[4.0], [1.0], [1.0]]]), torch.tensor([[[1.0], [1.0], [2.0]]])
    >>> y, state = selective_scan(x, delta, a, b, c, skip)
    >>> y
    tensor([[[14.0000],
             [ 1.4715],
             [24.2920]]])
    >>> state
    tensor([[[2.1460]]])
    """
    raise NotImplementedError
