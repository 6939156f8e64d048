"""Vanishing and exploding: how much of a recurrent network's past reaches its last state."""

import torch


def rnn_gradient_norms(
    w: torch.Tensor, u: torch.Tensor, xs: torch.Tensor, h0: torch.Tensor
) -> torch.Tensor:
    """Measure how strongly the last state depends on each state before it.

    The network runs h_t = tanh(W h_{t−1} + U x_t) for t = 1 … T, starting from h_0. The Jacobian
    ∂h_T/∂h_t is an (n_h, n_h) matrix. Its norm here is the Frobenius norm, the root of the sum of
    its squared entries.

    The inputs share one dtype, float32 or float64. They need not be contiguous.

    Args:
        w (n_h, n_h): the recurrent matrix W; n_h is the width of a state.
        u (n_h, d): the input matrix U.
        xs (T, d): the inputs x_1 … x_T, with T ≥ 1.
        h0 (n_h): the state before the first input.

    Returns:
        norms (T): a new tensor with the dtype of the inputs. Entry t − 1 is ‖∂h_T/∂h_t‖
        for t = 1 … T. The last entry is the norm of ∂h_T/∂h_T, the identity, and thus
        √n_h. The inputs come without `requires_grad` and are left as they were, that
        included. Autograd is allowed but not needed, and the result need not be
        differentiable.

    >>> w, u = 0.5 * torch.eye(4), torch.zeros(4, 3)
    >>> rnn_gradient_norms(w, u, xs=torch.ones(3, 3), h0=torch.zeros(4))
    tensor([0.5000, 1.0000, 2.0000])
    >>> rnn_gradient_norms(3 * w, u, xs=torch.ones(3, 3), h0=torch.zeros(4))
    tensor([4.5000, 3.0000, 2.0000])
    """
    raise NotImplementedError
