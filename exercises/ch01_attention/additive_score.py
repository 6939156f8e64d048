"""Additive score: a small network that compares a query with a key."""

import torch


def additive_score(
    query: torch.Tensor,
    keys: torch.Tensor,
    w_query: torch.Tensor,
    w_key: torch.Tensor,
    v: torch.Tensor,
) -> torch.Tensor:
    """Score every query against every key of its batch element: v_aᵀ tanh(W_q q + W_k k).

    All inputs share one floating-point dtype (float16 and bfloat16 are possible). They need not be
    contiguous.

    Args:
        query (B, T, d_q): T queries of width d_q.
        keys (B, S, d_k): S keys of width d_k, which may differ from d_q.
        w_query (n_h, d_q): the matrix W_q; n_h is the hidden width.
        w_key (n_h, d_k): the matrix W_k.
        v (n_h): the vector v_a, which weighs the hidden units.

    Returns:
        scores (B, T, S): a new tensor with the dtype of the inputs. Entry [b, t, s] belongs to
        query t and key s of batch element b. The scores are raw: no softmax. Gradients flow
        back to all five inputs, which are left as they were.

    >>> query, keys = torch.tensor([[[0.5]]]), torch.tensor([[[0.5], [-0.5], [9.5]]])
    >>> w_query, w_key = torch.tensor([[1.0], [1.0]]), torch.tensor([[1.0], [-1.0]])
    >>> additive_score(query, keys, w_query, w_key, torch.tensor([1.0, 0.0]))
    tensor([[[0.7616, 0.0000, 1.0000]]])
    """
    raise NotImplementedError
