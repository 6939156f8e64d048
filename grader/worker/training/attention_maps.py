"""What a model attends to, whoever wrote its layers: read off the products that it really makes.

Weights are what values are multiplied by. So every product of matrices is looked at while the model
reads one text, and those are kept whose one side has rows that are distributions over the tokens:
however they came about, by whichever softmax, in one product for all heads or in one for each. A
layer that sums by hand, with no product of matrices, shows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode

PRODUCTS = (torch.ops.aten.bmm.default, torch.ops.aten.mm.default)
NEAR = 1e-3  # of a sum of weights to 1, in float32 and behind a division

Maps = list[tuple[str, Tensor]]


def attention_maps(
    model: nn.Module, shapes: Sequence[tuple[int, int]], read: Callable[[], object]
) -> Maps:
    """While `read` has the model read one sequence: the weights of each module, (H, T, S).

    Args:
        shapes: Which T × S can be weights of attention: the numbers of tokens there are.

    Returns:
        Pairs of a module's name and its weights, in the order in which they were used: two of a
        module that attends to two things.
    """
    inside: list[str] = []
    with naming(model, inside), sdpa_kernel(SDPBackend.MATH), _Products(inside, shapes) as seen:
        read()  # with gradients, without which torch's own layers would take a way of their own
    return [(name, torch.cat(heads).cpu()) for (name, _), heads in seen.found.items()]


class _Products(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, inside: Sequence[str], shapes: Sequence[tuple[int, int]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.found: dict[tuple[str, tuple[int, int]], list[Tensor]] = {}
        self._inside, self._shapes = inside, shapes

    def __torch_dispatch__(
        self, call: Any, types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if call in PRODUCTS:
            self._look(args[0], args[1])
        return call(*args, **(kwargs or {}))

    def _look(self, left: Tensor, right: Tensor) -> None:
        """`einsum` may have put the weights on the right, and turned them."""
        for side in (left, right.mT):
            shape = (side.size(-2), side.size(-1))
            if shape in self._shapes and _are_distributions(side):
                name = self._inside[-1] if self._inside else ""
                heads = side.detach().float().reshape(-1, *shape).clone()
                self.found.setdefault((name, shape), []).append(heads)
                return


def _are_distributions(rows: Tensor) -> bool:
    return bool((rows >= 0).all()) and bool(((rows.sum(-1) - 1).abs() < NEAR).all())


@contextmanager
def naming(model: nn.Module, inside: list[str]) -> Iterator[None]:
    """Keep in `inside` the names of the modules that are at work, the innermost last."""

    def enter(name: str) -> Callable[..., None]:
        return lambda *_: inside.append(name)

    def leave(*_: object) -> None:
        inside.pop()

    hooks = []
    for name, module in model.named_modules():
        hooks.append(module.register_forward_pre_hook(enter(name)))
        hooks.append(module.register_forward_hook(leave))
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
