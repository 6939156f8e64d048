"""Derivatives by hand: what flows back through softmax, attention, norm and residual.

None of these uses autograd, except the last two, which measure. Sources: Xiong et al. (2020) for
gradients at initialisation; He et al., "Identity Mappings in Deep Residual Networks" (2016).
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from reference.attention import scaled_dot_product_attention, softmax
from reference.sublayer import SublayerConnection


def softmax_jacobian(p: Float[Tensor, "*batch S"]) -> Float[Tensor, "*batch S S"]:
    """∂p/∂x = diag(p) − p pᵀ. It vanishes as p saturates, which is why scores are scaled."""
    return torch.diag_embed(p) - p[..., :, None] * p[..., None, :]


def attention_query_jacobian(
    q: Float[Tensor, " d"], keys: Float[Tensor, "S d"], values: Float[Tensor, "S e"]
) -> Float[Tensor, "e d"]:
    """∂ soft_lookup / ∂ query: the covariance of values and keys under the weights.

    So the query steers the output only as far as different keys bring different values.
    """
    p = softmax(keys @ q)  # (S)
    return (p[:, None] * (values - p @ values)).T @ (keys - p @ keys)


def attention_backward(
    d_output: Float[Tensor, "*batch T e"],
    q: Float[Tensor, "*batch T d"],
    k: Float[Tensor, "*batch S d"],
    v: Float[Tensor, "*batch S e"],
) -> tuple[Float[Tensor, "*batch T d"], Float[Tensor, "*batch S d"], Float[Tensor, "*batch S e"]]:
    """Gradients with respect to q, k and v of scaled dot-product attention, given the output's."""
    output, weights = scaled_dot_product_attention(q, k, v)
    d_weights = d_output @ v.mT  # (..., T, S)
    # weights · d_weights summed over the keys is the same as output · d_output, and cheaper
    d_scores = weights * (d_weights - (d_output * output).sum(-1, keepdim=True))
    d_products = d_scores / math.sqrt(q.size(-1))
    return d_products @ k, d_products.mT @ q, weights.mT @ d_output


def layer_norm_backward(
    d_out: Float[Tensor, "*batch D"],
    x: Float[Tensor, "*batch D"],
    gamma: Float[Tensor, " D"],
    eps: float = 1e-5,
) -> tuple[Float[Tensor, "*batch D"], Float[Tensor, " D"], Float[Tensor, " D"]]:
    """Gradients with respect to x, γ and β of layer norm, given the output's.

    What comes back to x has no part along (1, …, 1) and none along x̂: layer norm cannot see either.
    """
    centred = x - x.mean(-1, keepdim=True)
    deviation = (centred.square().mean(-1, keepdim=True) + eps).sqrt()
    x_hat = centred / deviation
    d_hat = d_out * gamma
    along_ones = d_hat.mean(-1, keepdim=True)
    along_x_hat = (d_hat * x_hat).mean(-1, keepdim=True)
    dx = (d_hat - along_ones - x_hat * along_x_hat) / deviation
    D = x.size(-1)
    return dx, (d_out * x_hat).reshape(-1, D).sum(0), d_out.reshape(-1, D).sum(0)


def residual_gradient(
    jacobians: Float[Tensor, "L D D"], residual: bool = True
) -> Float[Tensor, "D D"]:
    """∂x_L/∂x_0 of L layers: the product of I + J with residual connections, of J without.

    `jacobians[0]` is the first layer's, so it is the rightmost factor.
    """
    D = jacobians.size(-1)
    identity = torch.eye(D, dtype=jacobians.dtype, device=jacobians.device)
    product = identity
    for jacobian in jacobians:
        product = (jacobian + identity if residual else jacobian) @ product
    return product


def gradient_norms_by_depth(
    depth: int, d_model: int, norm_first: bool, seed: int = 0
) -> Float[Tensor, " depth"]:
    """Norm of the loss's gradient at each layer's second matrix, just after initialisation.

    With the norm after each sum, the last layers' gradients are as large in a deep stack as in a
    shallow one. With the norm before, and one last norm at the end, they fall with the depth,
    about as 1/√depth (Xiong et al., theorem 1): which is why only the former needs a warm-up.

    The layers are feed-forward without biases, the input and the target are normal noise, and the
    loss is their mean square distance.
    """
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # as Xavier has it
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = (std * draw(depth, d_model, 4 * d_model)).requires_grad_()
    x, target = draw(1, 32, d_model), draw(1, 32, d_model)  # (B, T, D) each

    connection = SublayerConnection(d_model, norm_first=norm_first).cpu()  # they all begin alike
    for first, second in zip(w_in, w_out, strict=True):
        x = connection(x, lambda h, w=first, v=second: (h @ w.T).relu() @ v.T)
    if norm_first:
        x = connection.norm(x)
    loss = (x - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)
    norms: Tensor = gradient.flatten(1).norm(dim=1)
    return norms


def vjp(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    cotangents: Tensor | Sequence[Tensor],
) -> tuple[Tensor, ...]:
    """The vector-Jacobian product: what flows back to each input, given each output's gradient.

    The same as `torch.autograd.grad(outputs, inputs, cotangents)`, to the last bit. That imports
    sympy the first time it is handed cotangents, which takes longer than a verdict.
    """
    outputs = [outputs] if isinstance(outputs, Tensor) else outputs
    cotangents = [cotangents] if isinstance(cotangents, Tensor) else cotangents
    pairs = zip(outputs, cotangents, strict=True)
    total = torch.stack([(output * cotangent).sum() for output, cotangent in pairs]).sum()
    return torch.autograd.grad(total, inputs)
