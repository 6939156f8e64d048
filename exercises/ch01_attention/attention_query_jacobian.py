"""The Jacobian of attention: how its output turns when the query moves."""

import torch


def attention_query_jacobian(
    q: torch.Tensor, keys: torch.Tensor, values: torch.Tensor
) -> torch.Tensor:
    """The Jacobian ∂o/∂q of a soft lookup, in closed form.

    The lookup is o = Σ_s α_s v_s with the weights α = softmax(K q): plain dot products,
    not scaled. Its Jacobian is the covariance of the values and the keys under the
    weights α. Write it down with sums and products of tensors; autograd (`torch.func`
    too) is not allowed here, and the result need not be differentiable.

    All inputs share one floating-point dtype (float16 and bfloat16 are possible). They need not be
    contiguous.

    Args:
        q (d): the query.
        keys (S, d): the rows of K are the keys k_s.
        values (S, e): the rows are the values v_s.

    Returns:
        jacobian (e, d): entry [i, j] is ∂o_i/∂q_j, a new tensor with the dtype of the inputs.
        Scores of any size (1000, −1000) give a finite result. The inputs are left as they were.

    >>> keys, values = torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([[4.0], [0.0]])
    >>> attention_query_jacobian(torch.tensor([0.0, 3.0]), keys, values)
    tensor([[2., 0.]])
    """
    raise NotImplementedError
