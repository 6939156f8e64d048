"""Soft lookup: attention as a dictionary that returns a blend of its values."""

import torch


def soft_lookup(query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Look a query up among S keys and return the values, weighted by how well their keys match.

    The score of entry s is the plain dot product of the query and key s, not scaled. The softmax
    of the S scores gives the weights. The result is the sum of the values times their weights.

    All inputs share one floating-point dtype (float16 and bfloat16 are possible). They need not be
    contiguous.

    Args:
        query (d): what is looked for.
        keys (S, d): one key for each entry.
        values (S, e): one value for each entry.

    Returns:
        blend (e): a new tensor with the dtype of the inputs. Scores of any size (1000, −1000)
        give a finite result. Gradients flow back to all three inputs, which are left as they
        were. `torch.softmax` and your own softmax are both welcome.

    >>> keys = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> values = torch.tensor([[10.0, 0.0, 2.0], [20.0, 8.0, 2.0]])
    >>> soft_lookup(torch.tensor([0.0, 0.0]), keys, values)
    tensor([15.,  4.,  2.])
    >>> soft_lookup(torch.tensor([200.0, 0.0]), keys, values)
    tensor([10.,  0.,  2.])
    """
    scores = keys @ query  # (S)
    weights = torch.softmax(scores, dim=0)  # (S)
    return weights @ values  # (e)
