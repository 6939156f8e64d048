"""The product of the later half times the product of the earlier half."""

import torch


def residual_gradient(jacobians: torch.Tensor, residual: bool) -> torch.Tensor:
    if residual:
        jacobians = jacobians + torch.eye(jacobians.shape[-1]).to(jacobians)
    return multiply(jacobians)


def multiply(factors):
    if len(factors) == 1:
        return factors[0]
    middle = len(factors) // 2
    return multiply(factors[middle:]).matmul(multiply(factors[:middle]))
