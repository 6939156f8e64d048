"""How large are the gradients of a deep stack, with the norm before or after each sub-layer?"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F


class Stack(NamedTuple):
    """The weights of L feed-forward sub-layers of width D, and N tokens with their targets."""

    w_in: torch.Tensor  # (L, 4D, D)
    w_out: torch.Tensor  # (L, D, 4D)
    x: torch.Tensor  # (N, D)
    target: torch.Tensor  # (N, D)


def draw_stack(depth: int, d_model: int, seed: int) -> Stack:
    """Draw all that is random. Given, like Stack: call it, leave both as they are."""
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator, device="cpu")

    std = math.sqrt(2 / (d_model + 4 * d_model))  # Xavier: 2 / (inputs + outputs) as variance
    w_in = std * draw(depth, 4 * d_model, d_model)
    w_out = std * draw(depth, d_model, 4 * d_model)
    return Stack(w_in, w_out, x=draw(32, d_model), target=draw(32, d_model))


def gradient_norms_by_depth(depth: int, d_model: int, norm_first: bool, seed: int) -> torch.Tensor:
    """Measure the gradient that each layer of a new, untrained stack gets.

    All random numbers come from one call of `draw_stack(depth, d_model, seed)` above. Sub-layer l,
    for l = 0 … L − 1, is a network without biases that acts on each token h (D) by itself:

        f_l(h) = w_out[l] · relu(w_in[l] · h)

    The stack begins with h_0 = x and puts a residual connection around each of its layers:

        h_{l+1} = h_l + f_l(norm(h_l))       norm first;  output = norm(h_L)
        h_{l+1} = norm(h_l + f_l(h_l))       norm last;   output = h_L

    `norm` is layer normalisation over the D features of each token, with eps = 1e-5 and without γ
    and β; you may call `F.layer_norm(h, (d_model,))`. Where the norm comes first there is one more
    at the end, as above. The loss is the mean of (output − target)² over all N·D numbers.

    Args:
        depth: Number L of layers, at least 1.
        d_model: Width D, at least 2.
        norm_first: True for the norm before each sub-layer, False for after each sum.
        seed: Handed to `draw_stack`.

    Returns:
        (L), float32. Entry l is the norm of the loss's gradient with respect to w_out[l]: the root
        of the sum of the squares of all its D·4D entries. Entry 0 belongs to the layer that the
        input meets first. You may use autograd. The result need not be differentiable, and the
        same arguments give the same result in every call.

    Source: Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture". Theirs is
    the gradient of the same matrix; attention is left out here.

    >>> gradient_norms_by_depth(3, 16, norm_first=False, seed=0)
    tensor([0.3318, 0.2694, 0.2771])
    >>> gradient_norms_by_depth(3, 16, norm_first=True, seed=0)
    tensor([0.3574, 0.2663, 0.2420])
    """
    w_in, w_out, x, target = draw_stack(depth, d_model, seed)
    w_out.requires_grad_()

    def norm(h: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(h, (d_model,))

    h = x
    for layer in range(depth):
        inner = norm(h) if norm_first else h
        total = h + F.relu(inner @ w_in[layer].T) @ w_out[layer].T
        h = total if norm_first else norm(total)
    output = norm(h) if norm_first else h
    loss = (output - target).square().mean()
    (gradient,) = torch.autograd.grad(loss, w_out)  # (L, D, 4D)
    return gradient.square().sum(dim=(1, 2)).sqrt()
