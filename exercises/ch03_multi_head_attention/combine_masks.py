"""Two masks become one that fits the scores of every head."""

import torch


def combine_masks(key_is_real: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
    """Join what is padding in each sequence with a pattern that holds for all of them.

    Query t of sequence b may attend to key s if that key is real there and the pattern allows the
    pair; both must hold. Whether the query itself is padding makes no difference, since its output
    is not used. All heads share the mask.

    Args:
        key_is_real: Boolean, (B, S), True where token s of sequence b is real, False at padding.
        allowed: Boolean, (T, S), True where query t may attend to key s in every sequence. A causal
            mask is an example, but any pattern is possible, and T and S may differ.

    Returns:
        Boolean, (B, 1, T, S), so that it broadcasts to scores of shape (B, H, T, S) for any number
        H of heads. A row in which nothing is allowed stays all False.

    Neither argument is changed.

    >>> key_is_real = torch.tensor([[True, True, False]])
    >>> allowed = torch.tensor([[True, False, False], [True, True, False], [True, True, True]])
    >>> combine_masks(key_is_real, allowed)
    tensor([[[[ True, False, False],
              [ True,  True, False],
              [ True,  True, False]]]])
    """
    raise NotImplementedError
