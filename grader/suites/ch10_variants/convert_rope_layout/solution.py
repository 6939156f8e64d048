"""The weights of queries and keys, reordered for the other layout of rotary pairs."""

from typing import Literal

import torch


def convert_rope_layout(
    w: torch.Tensor, n_heads: int, target: Literal["half", "interleaved"] = "half"
) -> torch.Tensor:
    """Reorder the rows of W_q or W_k (or of its bias) for the other layout of rotary pairs.

    Rotary positions turn the d features of each head in pairs:

        "half"           pair i is (feature i, feature i + d/2)
        "interleaved"    pair i is (feature 2i, feature 2i + 1)

    A model that was trained with one layout works with the other if the features of its queries
    and keys change their places: in every head, the two features of pair i of the one layout
    become, in the same order, the two features of pair i of the other. When both queries and keys
    are reordered so, every score is what it was, since a dot product does not depend on the order
    of its terms.

    Args:
        w: The weight (H·d, D) of the projection, stored (outputs, inputs) as in nn.Linear, or its
            bias (H·d). Head h has the rows h·d to (h + 1)·d − 1, one for each feature. d is even.
            Any dtype, also bool, and any numbers, also infinite ones. It need not be contiguous,
            and is not changed.
        n_heads: Number H of heads in w, at least 1. (Where key heads are shared, W_k has fewer.)
        target: The layout of the result. w has the other one.

    Returns:
        A tensor of the shape and dtype of w. Every row arrives exactly as it was. Gradients reach
        w. From one layout to the other and back is the w that you began with.

    Source: Su et al. 2021, "RoFormer", section 3.4, for "interleaved". "half" is the layout of
    GPT-NeoX and of Llama's weights in the transformers library, which were converted like this.

    >>> bias = torch.tensor([0.0, 0.1, 1.0, 1.1, 2.0, 2.1])  # one head: the pairs 0, 1 and 2
    >>> convert_rope_layout(bias, n_heads=1, target="half")
    tensor([0.0000, 1.0000, 2.0000, 0.1000, 1.1000, 2.1000])
    >>> convert_rope_layout(torch.tensor([0.0, 1.0, 0.1, 1.1]), n_heads=1, target="interleaved")
    tensor([0.0000, 0.1000, 1.0000, 1.1000])
    """
    pairs = w.size(0) // n_heads // 2
    table = (pairs, 2) if target == "half" else (2, pairs)
    heads = w.reshape(n_heads, *table, *w.shape[1:])  # (H, d/2, 2, ...) or (H, 2, d/2, ...)
    return heads.transpose(1, 2).reshape(w.shape)
