"""The gradients of one call: what torch finds of a function's arguments and parameters."""

import itertools
from typing import Any

import torch
from torch import Tensor, nn

from grader.worker.protocol import record_fields


class Detached(RuntimeError):
    """The output carries no gradient back to the inputs."""


def gradients(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], cotangent: Any
) -> tuple[Any, dict[str, Any] | None]:
    """The result of `function` at `args`, and its vector-Jacobian product.

    The latter is `{"inputs": [...], "parameters": {...}}`: for each positional argument its
    gradient (None where it is no floating tensor), and by name that of each parameter where
    `function` is a module. It is None where the result has not the form that `cotangent` is for.
    """
    inputs = [_leaf(arg) for arg in args]
    parameters = dict(function.named_parameters()) if isinstance(function, nn.Module) else {}
    result = function(*inputs, **kwargs)
    fields = record_fields(result)
    parts = result if fields is None else list(fields.values())
    outputs = list(parts) if isinstance(parts, tuple | list) else [parts]
    cotangents = list(cotangent) if isinstance(cotangent, tuple | list) else [cotangent]
    pairs = [
        (output, torch.ones_like(output) if weight is None else weight)
        for output, weight in itertools.zip_longest(outputs, cotangents)
        if isinstance(output, Tensor) and (weight is not None or len(outputs) == 1)
    ]
    if not pairs or any(output.shape != weight.shape for output, weight in pairs):
        return result, None
    pairs = [(output, weight) for output, weight in pairs if output.requires_grad]
    if not pairs:
        raise Detached
    wanted = [leaf for leaf in inputs if _is_leaf(leaf)] + list(parameters.values())
    # One scalar, since handing torch several cotangents makes it import sympy on first use: 0.3 s.
    total = torch.stack([(output * weight).sum() for output, weight in pairs]).sum()
    found = torch.autograd.grad(total, wanted, allow_unused=True)
    filled = iter(
        torch.zeros_like(source) if gradient is None else gradient
        for source, gradient in zip(wanted, found, strict=True)
    )
    return result, {
        "inputs": [next(filled) if _is_leaf(leaf) else None for leaf in inputs],
        "parameters": {name: next(filled) for name in parameters},
    }


def _leaf(value: Any) -> Any:
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.detach().clone().requires_grad_()
    return value


def _is_leaf(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad
