"""The leak probe: through which positions does a model see its future?"""

from collections.abc import Callable

import torch


def leak_probe(model: Callable[[torch.Tensor], torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    """Find out which outputs of a causal model depend on a later token.

    At position t a causal model predicts the next token, so its logits there may depend on tokens 0
    to t, and on no later one. A model that breaks this looks excellent in training, where it reads
    the answer, and fails when it has to write. The probe knows nothing of what is inside the model.
    All it can do is call it.

    Args:
        model: From tokens (B, T) to logits (B, T, V), which show how large V is. It
            treats each sequence of the batch by itself, gives the same logits each
            time, and leaves its input alone. It takes whole numbers from 0 to V − 1 and
            fails for others, with the T of `tokens` and any B of at least 1.
        tokens: (B, T), int64, from 0 to V − 1, with V at least 2. It is not changed.

    Returns:
        Boolean, (T, T). True at (t, s) where s > t and the logits at t depend on token s in at
        least one of the sequences of `tokens`; False everywhere else. A model without a leak gives
        False alone, and so does a single position.

    What you may rely on: where the logits at t of a sequence depend on token s, any other token
    there changes at least one of them by 1e-4 or more. Where they do not, they change by 1e-6 at
    most, or not at all.

    The model is called at most T + 1 times.

    >>> def running_mean(tokens):  # what position t sees is the mean of tokens 0 to t
    ...     count = torch.arange(1, tokens.size(1) + 1)
    ...     return (tokens.cumsum(dim=1) / count)[..., None] * torch.tensor([1.0, -1.0, 0.5])
    >>> tokens = torch.tensor([[0, 2, 1]])
    >>> leak_probe(running_mean, tokens).any()
    tensor(False)
    >>> leak_probe(lambda tokens: running_mean(tokens.roll(-1, dims=1)), tokens)  # one too far
    tensor([[False,  True, False],
            [False, False,  True],
            [False, False, False]])
    """
    raise NotImplementedError
