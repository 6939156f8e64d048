"""Layers are compared with those of others by a written mapping."""

from collections.abc import Callable

import pytest
import torch
from parity import From, Parity
from torch import Tensor, nn

# The tensors here are small, and threads that wait for each other cost more than they bring.
torch.set_num_threads(1)

Call = Callable[[nn.Module, list[Tensor]], Tensor]


@pytest.fixture(autouse=True)
def _steady() -> None:
    torch.manual_seed(0)


@pytest.fixture(params=[torch.float32, torch.float64], ids=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> torch.dtype:
    return request.param


def source(name: str) -> From:
    """A parameter of theirs, or a third of a packed one when the name ends in [0], [1] or [2]."""
    whole, bracket, third = name.partition("[")
    return From(whole, lambda packed: packed.chunk(3)[int(third[0])]) if bracket else From(whole)


@pytest.fixture
def check_parity() -> Callable[..., None]:
    """Copy weights by name, then demand equal outputs, input gradients and weight gradients."""

    def check(
        ours: nn.Module,
        theirs: nn.Module,
        names: dict[str, str],
        inputs: list[Tensor],
        call_ours: Call,
        call_theirs: Call,
    ) -> None:
        assert len(set(names.values())) == len(names), "a parameter is mapped twice"
        dtype = inputs[0].dtype
        mapping = {our_name: source(their_name) for our_name, their_name in names.items()}
        pair = Parity(ours.to(dtype), theirs.to(dtype), mapping)
        our_inputs, their_inputs = ([x.clone().requires_grad_() for x in inputs] for _ in range(2))
        pair.compare(call_ours(ours, our_inputs), call_theirs(theirs, their_inputs), dtype)
        for our_input, their_input in zip(our_inputs, their_inputs, strict=True):
            pair.close("input", our_input.grad, their_input.grad, dtype)

    return check
