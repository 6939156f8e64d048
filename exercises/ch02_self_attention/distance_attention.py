"""Distance attention: the nearer the key, the larger its weight."""

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

    q, k and v share one dtype, float32 or float64, which the results have as well; they need not be
    contiguous. No argument is changed in place. Any way to write the square is right, also
    ‖q‖² − 2·q·k + ‖k‖², although they round differently where q and k are long. Gradients of the
    output reach q, k and v, and are finite and right also where a query lies exactly on a key.

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
    raise NotImplementedError
