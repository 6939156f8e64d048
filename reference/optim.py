"""Adam with decoupled weight decay, and clipping: the update that turns gradients into learning."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor


def adam_step(
    parameter: Tensor,
    gradient: Tensor,
    m: Tensor,
    v: Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """One update of one tensor: (parameter, m, v), all new. All four tensors share a shape.

    `m` and `v` are the running means of the gradient and of its square, zero before the first
    step. Zeros bias them low, so each is divided by 1 − βᵗ; `step` is t and counts from 1, and
    anything less raises ValueError. Decay shrinks the parameter itself and never enters m and v.
    Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2.
    """
    parameter, m, v = parameter.clone(), m.clone(), v.clone()
    _adam_step_in_place(parameter, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    return parameter, m, v


def _adam_step_in_place(
    parameter: Tensor,
    gradient: Tensor,
    m: Tensor,
    v: Tensor,
    step: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> None:
    if step < 1:
        raise ValueError(f"step counts from 1, got {step}")
    parameter.mul_(1 - lr * weight_decay)
    m.lerp_(gradient, 1 - beta1)
    v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    denominator = v.sqrt().div_(math.sqrt(1 - beta2**step)).add_(eps)
    parameter.addcdiv_(m, denominator, value=-lr / (1 - beta1**step))


class AdamW(torch.optim.Optimizer):
    """`adam_step` for every parameter that has a gradient; as `torch.optim.AdamW`.

    `lr` may be changed between steps through `param_groups`, which is how a schedule is applied.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update in place. `closure`, where given, recomputes the loss, which is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)
        return loss

    def _update(self, parameter: Tensor, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = 0
            state["m"], state["v"] = torch.zeros_like(parameter), torch.zeros_like(parameter)
        state["step"] += 1
        _adam_step_in_place(
            parameter,
            parameter.grad,  # type: ignore[arg-type]  # `step` has checked it
            state["m"],
            state["v"],
            state["step"],
            lr=group["lr"],
            beta1=group["betas"][0],
            beta2=group["betas"][1],
            eps=group["eps"],
            weight_decay=group["weight_decay"],
        )


def clip_grad_norm(grads: Sequence[Tensor], max_norm: float) -> tuple[list[Tensor], Tensor]:
    """Scale all gradients by one factor so that their joint length is at most `max_norm`.

    Returns (clipped, norm): new tensors, and the norm ‖g‖₂ over all entries *before* clipping, a
    scalar worth logging. Shorter gradients come back unchanged. As `clip_grad_norm_` of PyTorch,
    in which 10⁻⁶ guards the division (Pascanu et al. 2013, algorithm 1).
    """
    if not grads:
        return [], torch.tensor(0.0)
    norm = torch.stack([torch.linalg.vector_norm(grad) for grad in grads]).norm()
    scale = (max_norm / (norm + 1e-6)).clamp(max=1.0)
    return [grad * scale for grad in grads], norm
