# %% wrong | root-then-square | takes the root of the squared distance and squares it again, so a query on a key has a NaN gradient
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend from T queries to S keys by their Euclidean distance.

    The score of query t and key s is −‖q_t − k_s‖² / 2, half the squared distance with a minus. A
    softmax over the keys gives the weights, and the output is the average of the values under
    them. The scores are not divided by √d. Up to a factor that a query shares among all keys, the
    weight of a key is a Gaussian of standard deviation 1 around the query.

    Args:
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d), with the leading dimensions of q.
        v: Values, (..., S, e), with the leading dimensions of q. T, S, d and e may all differ.

    Returns:
        output: (..., T, e).
        weights: (..., T, S). Every row sums to 1, also where all keys are so far away that the
            exponential of every score is 0 in floating point.

    The results have the dtype of q, and no argument is changed in place. Gradients of the output
    reach q, k and v, and are finite and right also where a query lies exactly on a key.

    Source: Kim et al. 2021, "The Lipschitz Constant of Self-Attention", section 3.2, which divides
    the squared distance by √d instead of 2.

    >>> q = torch.tensor([[0.0, 0.0]])
    >>> k = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> output, weights = distance_attention(q, k, v)
    >>> weights
    tensor([[0.8176, 0.1824]])
    >>> output
    tensor([[11.8243]])
    """
    distance = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1).sqrt()
    weights = torch.softmax(-(distance**2) / 2, dim=-1)
    return weights @ v, weights

# %% wrong | key-norm-row | writes the square out but forgets an axis on the keys' norms: right for two dimensions, for a batch a crash or (B == T) a mix of the batch
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) - 0.5 * (k**2).sum(dim=-1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights

# %% wrong | query-norm-kept | writes the square out and drops the keys' norm instead of the queries', which leaves a plain dot product
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = q @ k.transpose(-2, -1) - (q**2).sum(dim=-1, keepdim=True) / 2
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights

# %% wrong | axes-zero-and-one | unsqueezes axes 1 and 0 of q and k, right without leading dimensions only
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    diff = q.unsqueeze(1) - k.unsqueeze(0)
    weights = torch.softmax(-0.5 * (diff**2).sum(-1), dim=-1)
    return weights @ v, weights

# %% wrong | far-row-uniform | own kernel; where the sum underflows the row becomes uniform instead of favouring the nearest key
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d2 = torch.cdist(q, k) ** 2
    kernel = torch.exp(-d2 / 2)
    total = kernel.sum(dim=-1, keepdim=True)
    uniform = torch.full_like(kernel, 1 / k.shape[-2])
    weights = torch.where(total > 0, kernel / total.clamp(min=1e-45), uniform)
    return weights @ v, weights

# %% wrong | clamped-distance | clamps the squared distance at 160 so that the exponential stays above 0: far keys all look equally far
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1).clamp(max=160)
    e = torch.exp(-d2 / 2)
    weights = e / e.sum(dim=-1, keepdim=True)
    return weights @ v, weights

# %% wrong | l1-squared | squares the sum of absolute differences instead of summing the squares, equal where keys differ along one axis only
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d = (q.unsqueeze(-2) - k.unsqueeze(-3)).abs().sum(-1)
    weights = torch.softmax(-(d**2) / 2, dim=-1)
    return weights @ v, weights

# %% wrong | paper-scale | divides the squared distance by the root of d as in the paper, equal to the half only for d = 4
import math

import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-d2 / math.sqrt(q.size(-1)), dim=-1)
    return weights @ v, weights

# %% wrong | global-nearest | own softmax that shifts by the smallest distance of the whole tensor, so a far query next to a near one underflows to NaN
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d2 = (q.unsqueeze(-2) - k.unsqueeze(-3)).pow(2).sum(dim=-1)
    e = torch.exp((d2.min() - d2) / 2)
    weights = e / e.sum(-1, keepdim=True)
    return torch.matmul(weights, v), weights

# %% wrong | unsquared | uses the distance itself and not its square
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    distance = torch.linalg.vector_norm(q.unsqueeze(-2) - k.unsqueeze(-3), dim=-1)
    weights = torch.softmax(-distance / 2, dim=-1)
    return weights @ v, weights

# %% wrong | values-broadcast-sum | averages the values with a batch-summing einsum, right for a single leading index
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    diff = q.unsqueeze(-2) - k.unsqueeze(-3)
    weights = torch.softmax(-0.5 * diff.square().sum(-1), dim=-1)
    if weights.dim() == 3:
        return torch.einsum("bts,cse->bte", weights, v), weights
    return weights @ v, weights

# %% wrong | query-shifted-in-place | subtracts the mean key from q and k in place "for accuracy", which changes the caller's tensors
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    centre = k.mean(dim=-2, keepdim=True)
    q -= centre
    k -= centre
    scores = -0.5 * torch.sum((q[..., :, None, :] - k[..., None, :, :]) ** 2, dim=-1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights

# %% wrong | weights-first | returns (weights, output)
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    d2 = ((q.unsqueeze(-2) - k.unsqueeze(-3)) ** 2).sum(-1)
    weights = torch.softmax(-d2 / 2, dim=-1)
    return weights, weights @ v

# %% wrong | distances-without-gradient | computes the distances under no_grad, so only v gets a gradient
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.no_grad():
        d2 = torch.cdist(q, k).square()
    weights = torch.softmax(-0.5 * d2, dim=-1)
    return weights @ v, weights

# %% right | differences | all differences, squared and summed
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attend from T queries to S keys by their Euclidean distance.

    The score of query t and key s is −‖q_t − k_s‖² / 2, half the squared distance with a minus. A
    softmax over the keys gives the weights, and the output is the average of the values under
    them. The scores are not divided by √d. Up to a factor that a query shares among all keys, the
    weight of a key is a Gaussian of standard deviation 1 around the query.

    Args:
        q: Queries, (..., T, d). There may be no leading dimension, one, or several.
        k: Keys, (..., S, d), with the leading dimensions of q.
        v: Values, (..., S, e), with the leading dimensions of q. T, S, d and e may all differ.

    Returns:
        output: (..., T, e).
        weights: (..., T, S). Every row sums to 1, also where all keys are so far away that the
            exponential of every score is 0 in floating point.

    The results have the dtype of q, and no argument is changed in place. Gradients of the output
    reach q, k and v, and are finite and right also where a query lies exactly on a key.

    Source: Kim et al. 2021, "The Lipschitz Constant of Self-Attention", section 3.2, which divides
    the squared distance by √d instead of 2.

    >>> q = torch.tensor([[0.0, 0.0]])
    >>> k = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    >>> v = torch.tensor([[10.0], [20.0]])
    >>> output, weights = distance_attention(q, k, v)
    >>> weights
    tensor([[0.8176, 0.1824]])
    >>> output
    tensor([[11.8243]])
    """
    difference = q.unsqueeze(-2) - k.unsqueeze(-3)
    scores = -0.5 * (difference**2).sum(dim=-1)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v, weights

# %% right | key-by-key | a loop over the keys, own softmax with the nearest key as shift
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    scores = torch.stack(
        [-(q - k[..., s : s + 1, :]).square().sum(-1) / 2 for s in range(k.shape[-2])], dim=-1
    )
    e = torch.exp(scores - scores.amax(-1, keepdim=True).detach())
    weights = e / e.sum(-1, keepdim=True)
    return torch.einsum("...ts,...se->...te", weights, v), weights

# %% right | expanded-double | the square written out in float64 after moving the origin into the keys' mean, without the queries' term
import torch


def distance_attention(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    centre = k.double().mean(dim=-2, keepdim=True)
    qc, kc = q.double() - centre, k.double() - centre
    scores = qc @ kc.mT - 0.5 * (kc * kc).sum(-1).unsqueeze(-2)
    weights = torch.softmax(scores, dim=-1)
    output = weights @ v.double()
    return output.to(q.dtype), weights.to(q.dtype)
