"""One projection in three layouts: packed, one matrix each, and one matrix per head.

`nn.MultiheadAttention` stores the weights of queries, keys and values as one `in_proj_weight`. Many
other layers store three. The paper writes one small matrix for each head. The numbers are the same,
only their places differ.

In all four functions the result has the dtype of what it is made of, any floating-point
one. It may share memory with it or not, as you like. Arguments need not be contiguous,
and are not changed. Gradients reach them. Sizes of 1 are possible everywhere. No
arithmetic is needed, so every number arrives exactly as it was. Rearrange them
yourself: calling torch's own multi-head attention is off limits.
"""

import torch


def unpack_projections(packed: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Cut a packed weight, or a packed bias, into its three parts.

    Args:
        packed: (3·D, D), as `nn.MultiheadAttention.in_proj_weight`: the rows of W_q, then those of
            W_k, then those of W_v. Or (3·D), as `in_proj_bias`, in the same order.

    Returns:
        W_q, W_k and W_v, each (D, D), stored (outputs, inputs); or the three biases, each (D).

    >>> unpack_projections(torch.tensor([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]))
    (tensor([0., 1.]), tensor([2., 3.]), tensor([4., 5.]))
    """
    w_q, w_k, w_v = packed.chunk(3)
    return w_q, w_k, w_v


def pack_projections(w_q: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor) -> torch.Tensor:
    """Join three weights (D, D), or three biases (D), into one: the way back.

    Returns:
        (3·D, D), or (3·D) for biases.

    >>> pack_projections(torch.tensor([[1.0]]), torch.tensor([[2.0]]), torch.tensor([[3.0]]))
    tensor([[1.],
            [2.],
            [3.]])
    """
    return torch.cat([w_q, w_k, w_v])


def weight_to_heads(weight: torch.Tensor, n_heads: int) -> torch.Tensor:
    """Cut the weight of one projection into a matrix for each head.

    Head h of a token is a slice of its projected features: those from h·d to (h + 1)·d − 1, where
    d = D / n_heads. So for a token x, a row vector, x @ result[h] is that slice of x Wᵀ.

    Args:
        weight: W_q, W_k or W_v, (D, D), stored (outputs, inputs) as in nn.Linear.
        n_heads: Number H of heads. D is a multiple of it.

    Returns:
        (H, D, d), each matrix stored (inputs, outputs), as `per_head_projection` takes them.

    >>> weight_to_heads(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 2)
    tensor([[[1.],
             [2.]],
    <BLANKLINE>
            [[3.],
             [4.]]])
    """
    D = weight.size(0)
    return weight.reshape(n_heads, D // n_heads, D).transpose(1, 2)  # (H, d, D) turned over


def heads_to_weight(heads: torch.Tensor) -> torch.Tensor:
    """Join a matrix for each head into the weight of one projection: the way back.

    Args:
        heads: (H, D, d) with H·d = D, each matrix stored (inputs, outputs).

    Returns:
        (D, D), stored (outputs, inputs). `heads_to_weight(weight_to_heads(weight, n_heads))` is the
        weight.

    >>> heads_to_weight(torch.tensor([[[1.0], [2.0]], [[3.0], [4.0]]]))
    tensor([[1., 2.],
            [3., 4.]])
    """
    D = heads.size(1)
    return heads.transpose(1, 2).reshape(D, D)  # (H, d, D), rows one below the other
