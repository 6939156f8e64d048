"""Greedy decoding: the most probable next token, again and again."""

from collections.abc import Callable

import torch


def greedy_decode(
    step: Callable[[torch.Tensor], torch.Tensor],
    bos_id: int,
    eos_id: int,
    max_len: int,
    batch_size: int = 1,
) -> torch.Tensor:
    """Write B sequences side by side, each token by token, until all of them have ended.

    Every row begins with `bos_id`. Then `step` is asked what comes next, each row takes the token
    with the largest logit, and all rows grow by one. A row that has taken `eos_id` has ended: from
    then on it is filled up with `eos_id`, whatever its logits say. Writing stops when every row has
    ended, or when the rows have `max_len` tokens.

    Args:
        step: From the tokens so far, (B, t), int64, to the logits of the next token, (B, V), of any
            floating-point dtype. Row b always belongs to the same source sentence, so `step` gets
            all B rows each time, ended ones too. It may keep a cache of keys and values, so it is
            called once for each new token and no more: with t = 1, then t = 2, and so on. Logits
            may be −inf. No row has two largest ones.
        bos_id: The token that begins each row. It may be the same number as `eos_id`, as in GPT-2;
            at the beginning it ends nothing.
        eos_id: The token that ends a row.
        max_len: The largest number of tokens in a row, at least 1. `bos_id` and `eos_id` count.
        batch_size: The number B of rows, at least 1.

    Returns:
        (B, T), int64, with T ≤ max_len. The first column is `bos_id`. A row that
        reaches `max_len` without `eos_id` has none. Where all rows end before that, the
        last column is the one in which the last of them took `eos_id`.

    Nothing is learned here, so `step` runs without gradients being recorded (`torch.no_grad`).

    Source: Sutskever et al. 2014, "Sequence to Sequence Learning with Neural Networks" (decoding
    from left to right).

    >>> def count_up(tokens):  # each token is followed by the next number
    ...     return torch.nn.functional.one_hot(tokens[:, -1] + 1, 9).float()
    >>> greedy_decode(count_up, bos_id=2, eos_id=6, max_len=10)
    tensor([[2, 3, 4, 5, 6]])
    >>> greedy_decode(count_up, bos_id=2, eos_id=6, max_len=4, batch_size=2)
    tensor([[2, 3, 4, 5],
            [2, 3, 4, 5]])
    """
    raise NotImplementedError
