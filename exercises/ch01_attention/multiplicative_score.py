"""Multiplicative score: a learned matrix between the query and the key."""

import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Score every query against every key of its batch element: qᵀ W k.

    All inputs share one floating-point dtype (float16 and bfloat16 are possible). They need not be
    contiguous.

    Args:
        query (B, T, d_q): T queries of width d_q.
        keys (B, S, d_k): S keys of width d_k, which may differ from d_q.
        weight (d_q, d_k): the matrix W.

    Returns:
        scores (B, T, S): a new tensor with the dtype of the inputs. Entry [b, t, s] belongs to
        query t and key s of batch element b. The scores are raw: not scaled, no softmax.
        Gradients flow back to all three inputs, which are left as they were.

    >>> query = torch.tensor([[[1.0, 2.0]]])
    >>> keys = torch.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]])
    >>> weight = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    >>> multiplicative_score(query, keys, weight)
    tensor([[[ 9., 27.]]])
    """
    raise NotImplementedError
