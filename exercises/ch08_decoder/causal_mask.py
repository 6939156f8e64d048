"""The causal mask: no position sees a later one."""

import torch


def causal_mask(length: int, past: int = 0) -> torch.Tensor:
    """Say which positions of its own sequence each new token may attend to.

    The sequence has past + T positions, counted from 0. The first `past` of them were there before
    and are only keys. The last T are new: each is a key and a query. So query t stands at position
    past + t. It may attend to its own position and to all earlier ones, and to no later one.

    Args:
        length: Number T of queries, at least 1.
        past: Number of positions before the first query, at least 0.

    Returns:
        Boolean, (T, past + T), True where query t may attend to the key at that position, so that
        it broadcasts to scores of shape (B, H, T, past + T).

    >>> causal_mask(3)
    tensor([[ True, False, False],
            [ True,  True, False],
            [ True,  True,  True]])
    >>> causal_mask(2, past=2)
    tensor([[ True,  True,  True, False],
            [ True,  True,  True,  True]])
    """
    raise NotImplementedError
