"""Teacher forcing: what the decoder reads while it learns to predict the target."""

import torch


def shift_right(tokens: torch.Tensor, bos_id: int, pad_id: int) -> torch.Tensor:
    """Make the decoder's input from the target: begin with BOS, and leave the last token out.

    In training the decoder reads the right tokens and not its own guesses. Position t of its input
    holds the token that comes before target token t, so it has to predict a token that it has not
    read yet.

    Args:
        tokens: (B, T), int64, the target, with T at least 1. The numbers from 0 on are tokens. A
            negative one, often −100, is not a token: it says that the loss ignores this place. It
            need not be contiguous, and is not changed.
        bos_id: The token that begins every sequence, at least 0.
        pad_id: What stands in the place of a negative number, since a model can look up tokens
            only, at least 0.

    Returns:
        (B, T), int64, a new tensor. In each row `bos_id` comes first, then the tokens 0 to T − 2,
        where each negative number has become `pad_id`. Tokens that happen to be equal to `bos_id`
        or `pad_id` are tokens like any other.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.1 and figure 1.

    >>> shift_right(torch.tensor([[7, 8, 9, 2], [5, 2, -100, -100]]), bos_id=1, pad_id=0)
    tensor([[1, 7, 8, 9],
            [1, 5, 2, 0]])
    """
    shifted = torch.full_like(tokens, bos_id)
    shifted[:, 1:] = tokens[:, :-1]
    return shifted.masked_fill(shifted < 0, pad_id)
