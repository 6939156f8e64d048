"""Linear CKA: how alike are two representations of the same inputs?"""

import torch


def linear_cka(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Compare what two layers make of the same n inputs: linear centred kernel alignment.

    Let X and Y be x and y after the mean over the n inputs has been taken off each feature. Then

        CKA = ⟨X Xᵀ, Y Yᵀ⟩ / (‖X Xᵀ‖ ‖Y Yᵀ‖)

    where ⟨A, B⟩ is the sum of the products of the entries of A and B in the same places, and
    ‖A‖² = ⟨A, A⟩. There is a way to compute it without (n, n) tables; you need not take it.

    Args:
        x: (n, p), float32 or float64: one row for each input, one column for each feature. n is at
            least 2.
        y: (n, q), of the same dtype. Row i belongs to the same input as row i of x.

        The widths p and q may differ, and either may be larger than n. Entries are between −1000
        and 1000, and features may lie near 900 and vary by 0.3. A feature may be the
        same for all inputs, but not every feature of x, nor of y, so that there is
        something to compare; what a constant representation gives is up to you. x and y
        need not be contiguous, and are not changed.

    Returns:
        A tensor without dimensions, of the same dtype, between 0 and 1, but for rounding: 1 where
        y is x up to rotation, reflection, scale and shift. It need not be differentiable.

    Source: Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited".

    >>> x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    >>> turned = torch.stack([x[:, 1], -x[:, 0]], dim=1)
    >>> round(linear_cka(x, 3 * turned + 5).item(), 4)
    1.0
    >>> round(linear_cka(x, x[:, :1]).item(), 4)
    0.7906
    """
    x = x - x.mean(dim=0)
    y = y - y.mean(dim=0)
    common = (x.T @ y).square().sum()
    return common / ((x.T @ x).norm() * (y.T @ y).norm())
