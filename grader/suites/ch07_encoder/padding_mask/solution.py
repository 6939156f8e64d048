"""The padding mask: which keys are tokens, and which only fill up a batch."""

import torch


def padding_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    """Say for a batch of token ids which keys every query may attend to.

    Sequences of different lengths are filled up with padding to stand in one tensor. Each query of
    each head may attend to every key of its sequence that is not padding. Whether the query itself
    is padding makes no difference, since its output is not used.

    Args:
        tokens: (B, S), whole numbers (int64 or int32). It need not be contiguous, and is not
            changed.
        pad_id: The id of padding. It is often 0, but may be any whole number, also a negative one
            or one in the middle of the vocabulary. Padding can stand anywhere: at the end, at the
            start or between tokens.

    Returns:
        Boolean, (B, 1, 1, S), True where the key is a real token, so that it broadcasts to scores
        of shape (B, H, T, S). In a sequence of padding alone all entries are False.

    >>> padding_mask(torch.tensor([[5, 7, 2, 2], [4, 2, 2, 2]]), pad_id=2)
    tensor([[[[ True,  True, False, False]]],
    <BLANKLINE>
    <BLANKLINE>
            [[[ True, False, False, False]]]])
    """
    return (tokens != pad_id)[:, None, None, :]
