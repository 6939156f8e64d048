# %% wrong | f-linear | F.linear(query, weight) multiplies by the transposed W: crashes where q and k differ, silently wrong where they are equal
import torch
import torch.nn.functional as F


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Score every query against every key of its batch element: qᵀ W k.

    Args:
        query (B, T, q): T queries of width q.
        keys (B, S, k): S keys of width k, which may differ from q.
        weight (q, k): the matrix W.

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
    projected = F.linear(query, weight)
    return projected @ keys.transpose(-2, -1)

# %% wrong | keys-viewed | views the keys as (B, k, S) instead of swapping their axes, so the numbers get mixed up
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    B, S, k = keys.shape
    return torch.bmm(query @ weight, keys.reshape(B, k, S))

# %% wrong | einsum-loses-batch | the einsum gives the keys a batch letter of their own, so it sums over the keys of all batch elements (right for B = 1)
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    return torch.einsum("btq,qk,ask->bts", query, weight, keys)

# %% wrong | einsum-bst | the einsum asks for (B, S, T), so keys and queries are swapped in the result
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    return torch.einsum("btq,qk,bsk->bst", query, weight, keys)

# %% wrong | first-keys-only | tensordot makes (B, T, B, S) and the index 0 picks the keys of the first batch element for all
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    left = torch.tensordot(query, weight, dims=1)                  # (B, T, k)
    scores = torch.tensordot(left, keys, dims=([2], [2]))          # (B, T, B, S)
    return scores[:, :, 0]

# %% wrong | bmm-batch-one | bmm with weight.unsqueeze(0) does not broadcast, so it works for a batch of one only
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    qw = torch.bmm(query, weight.unsqueeze(0))
    return torch.bmm(qw, keys.transpose(1, 2))

# %% wrong | squeezed | a final squeeze() drops the batch of one or a single query or key
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    scores = query @ weight @ keys.mT
    return scores.squeeze()

# %% wrong | zeros-loop | writes into torch.zeros(B, T, S), so float64 inputs come back rounded to float32
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    B, T, _ = query.shape
    S = keys.shape[1]
    scores = torch.zeros(B, T, S)
    for b in range(B):
        for t in range(T):
            for s in range(S):
                scores[b, t, s] = query[b, t] @ weight @ keys[b, s]
    return scores

# %% wrong | loop-over-t-twice | both inner loops run over the number of queries, so keys beyond T keep a score of 0 and fewer keys than queries crash
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    B, T, _ = query.shape
    scores = query.new_zeros(B, T, keys.size(1))
    for b in range(B):
        projected = query[b] @ weight
        for i in range(T):
            for j in range(T):
                scores[b, i, j] = projected[i] @ keys[b, j]
    return scores

# %% wrong | scaled | divides by the root of the key width although the scores are to be raw
import math

import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    scores = (query @ weight) @ keys.transpose(1, 2)
    return scores / math.sqrt(keys.size(-1))

# %% wrong | transpose-in-place | transpose_ swaps the axes of the caller's keys, which come back as (B, k, S)
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    return query @ weight @ keys.transpose_(1, 2)

# %% wrong | rebuilt-parameter | wraps weight into a new nn.Parameter of a Linear layer, so the caller's weight gets no gradient
import torch
from torch import nn


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    layer.weight = nn.Parameter(weight)
    return query @ layer(keys).transpose(1, 2)

# %% wrong | pairs-only | multiplies query t with key t alone and so returns (B, T), or broadcasts where one of them is single
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    return ((query @ weight) * keys).sum(dim=-1)

# %% right | einsum | one einsum
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """Score every query against every key of its batch element: qᵀ W k.

    Args:
        query (B, T, q): T queries of width q.
        keys (B, S, k): S keys of width k, which may differ from q.
        weight (q, k): the matrix W.

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
    return torch.einsum("btq,qk,bsk->bts", query, weight, keys)

# %% right | bilinear | F.bilinear over all expanded pairs
import torch
import torch.nn.functional as F


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    B, T, q = query.shape
    S, k = keys.shape[1:]
    left = query[:, :, None, :].expand(B, T, S, q).reshape(-1, q)
    right = keys[:, None, :, :].expand(B, T, S, k).reshape(-1, k)
    return F.bilinear(left, right, weight.unsqueeze(0)).reshape(B, T, S)

# %% right | map-the-keys | maps the keys with F.linear, then one product per batch element in a loop
import torch
from torch import Tensor
from torch.nn import functional as F


def multiplicative_score(query: Tensor, keys: Tensor, weight: Tensor) -> Tensor:
    mapped = F.linear(keys, weight)          # (B, S, q): W k
    result = []
    for q_b, k_b in zip(query, mapped):
        result.append(q_b @ k_b.T)
    return torch.stack(result)

# %% right | broadcast-sum | elementwise products and sums over four dimensions, with a shape check
import torch


def multiplicative_score(
    query: torch.Tensor, keys: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    assert weight.shape == (query.size(-1), keys.size(-1))
    qw = (query.unsqueeze(-1) * weight).sum(dim=-2)
    return (qw.unsqueeze(2) * keys.unsqueeze(1)).sum(dim=-1)
