"""Masked language modelling: some tokens are hidden, and the model has to say what they were."""

from collections.abc import Sequence

import torch


def mask_tokens(
    tokens: torch.Tensor,
    mask_id: int,
    vocab_size: int,
    special_ids: Sequence[int] = (),
    probability: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make a batch of BERT's task: what the model reads, and what it has to predict.

    Each token that is not special is chosen with the given probability, independently of all
    others. What the model reads in place of a chosen token is

    - `mask_id` with probability 0.8;
    - with probability 0.1, a random token: any id from 0 to vocab_size − 1, all equally probable.
      So it may be a special token, mask_id, or the token itself;
    - with probability 0.1, the token as it was.

    Chance decides anew for every chosen token, independently of all others. Tokens that are not
    chosen stay as they are.

    Args:
        tokens: Token ids from 0 to vocab_size − 1, (B, T), int64. They need not be contiguous, and
            are not changed.
        mask_id: The id of [MASK].
        vocab_size: Number V of token ids, the special ones and mask_id included.
        special_ids: Ids that are never chosen, such as those of [CLS], [SEP] and padding: a list or
            a tuple, perhaps empty.
        probability: Of being chosen, from 0 (no token) to 1 (every token that is not special).
        generator: Where all random numbers come from: two generators in the same state give the
            same results. It lives on the device of tokens. None takes torch's own.

    Returns:
        inputs: (B, T), int64, what the model reads.
        labels: (B, T), int64. The original token where one was chosen, −100 elsewhere: losses skip
            this number.

    Source: Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language
    Understanding", section 3.1.

    >>> tokens = torch.tensor([[1, 7, 8, 9, 2], [1, 5, 6, 2, 0]])
    >>> inputs, labels = mask_tokens(tokens, 4, 10, special_ids=[0, 1, 2], probability=0.0)
    >>> inputs.equal(tokens), labels.tolist()
    (True, [[-100, -100, -100, -100, -100], [-100, -100, -100, -100, -100]])
    >>> inputs, labels = mask_tokens(tokens, 4, 10, special_ids=[0, 1, 2], probability=1.0)
    >>> labels.tolist()
    [[-100, 7, 8, 9, -100], [-100, 5, 6, -100, -100]]
    """

    def uniform() -> torch.Tensor:
        return torch.rand(tokens.shape, generator=generator, device=tokens.device)

    special = torch.isin(tokens, torch.tensor(special_ids, dtype=torch.long, device=tokens.device))
    chosen = (uniform() < probability) & ~special
    fate = uniform()  # one number decides among the three
    random = torch.randint(vocab_size, tokens.shape, generator=generator, device=tokens.device)
    inputs = torch.where(chosen & (fate < 0.8), mask_id, tokens)
    inputs = torch.where(chosen & (fate >= 0.9), random, inputs)
    return inputs, tokens.masked_fill(~chosen, -100)
