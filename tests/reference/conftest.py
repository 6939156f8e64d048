"""Shape annotations are enforced here, and layers are compared with others by a written mapping."""

import os
from collections.abc import Callable

import pytest
import torch
from jaxtyping import install_import_hook
from torch import Tensor, nn

# Before anything imports `reference`: a module that is already loaded goes unchecked.
install_import_hook("reference", "shape_check.check_arrays")

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports `transformers`

# The tensors here are small, and threads that wait for each other cost more than they bring.
torch.set_num_threads(1)

Call = Callable[[nn.Module, list[Tensor]], Tensor]


@pytest.fixture(autouse=True)
def _steady() -> None:
    torch.manual_seed(0)


@pytest.fixture(params=[torch.float32, torch.float64], ids=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> torch.dtype:
    return request.param


def part(tensor: Tensor, where: str) -> Tensor:
    """`tensor` itself, or a third of it when the name ends in [0], [1] or [2]."""
    return tensor.chunk(3)[int(where[-2])] if where.endswith("]") else tensor


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
        dtype = inputs[0].dtype
        tolerance = {"rtol": 1e-4, "atol": 3e-5} if dtype == torch.float32 else {}
        ours, theirs = ours.to(dtype), theirs.to(dtype)
        our_parameters = dict(ours.named_parameters())
        their_parameters = dict(theirs.named_parameters())
        whole = {name.partition("[")[0] for name in names.values()}
        assert set(names) == set(our_parameters)
        assert whole == set(their_parameters)
        assert len(set(names.values())) == len(names), "a parameter is mapped twice"
        with torch.no_grad():
            for parameter in their_parameters.values():  # norms too: no γ of 1 and no β of 0
                parameter.copy_(0.3 * torch.randn_like(parameter) + 0.1)
            for our_name, their_name in names.items():
                source = part(their_parameters[their_name.partition("[")[0]], their_name)
                assert our_parameters[our_name].shape == source.shape
                our_parameters[our_name].copy_(source)
        our_inputs = [x.clone().requires_grad_() for x in inputs]
        their_inputs = [x.clone().requires_grad_() for x in inputs]
        our_output, their_output = call_ours(ours, our_inputs), call_theirs(theirs, their_inputs)
        torch.testing.assert_close(our_output, their_output, **tolerance)
        direction = torch.randn_like(our_output)
        our_output.backward(direction)
        their_output.backward(direction)
        for our_input, their_input in zip(our_inputs, their_inputs, strict=True):
            torch.testing.assert_close(our_input.grad, their_input.grad, **tolerance)
        for our_name, their_name in names.items():
            gradient = their_parameters[their_name.partition("[")[0]].grad
            torch.testing.assert_close(
                our_parameters[our_name].grad, part(gradient, their_name), **tolerance
            )

    return check
