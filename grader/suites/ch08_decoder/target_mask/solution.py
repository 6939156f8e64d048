"""The mask of a decoder's self-attention: no padding, and no future."""

import torch


def target_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    """Say for a batch of target tokens which keys each query may attend to.

    Query t may attend to key s of its own sequence if s is no later than t and token s is not
    padding; both must hold. Whether the query itself is padding makes no difference, since its
    output is not used.

    Args:
        tokens: (B, T), whole numbers (int64 or int32). It need not be contiguous, and is not
            changed.
        pad_id: The id of padding. It is often 0, but may be any whole number, also a negative one
            or one in the middle of the vocabulary. Padding can stand anywhere: at the end, at the
            start or between tokens.

    Returns:
        Boolean, (B, 1, T, T), on the device of tokens, True where query t (third dimension) may
        attend to key s (last dimension), so that it broadcasts to scores of shape (B, H, T, T). A
        row in which nothing is allowed stays all False, as where a sequence starts with padding.

    >>> target_mask(torch.tensor([[5, 8, 0]]), pad_id=0)
    tensor([[[[ True, False, False],
              [ True,  True, False],
              [ True,  True, False]]]])
    """
    T = tokens.size(1)
    real = (tokens != pad_id)[:, None, None, :]  # (B, 1, 1, T)
    seen = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
    return real & seen
