"""Formulas of cost, against counted runs."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

import reference
from reference import LayerConfig


def test_table_1() -> None:
    costs = reference.layer_costs
    assert costs("self_attention", 100, 64) == (100 * 100 * 64, 1, 1)
    assert costs("recurrent", 100, 64) == (100 * 64 * 64, 100, 100)
    assert costs("convolutional", 100, 64, kernel=5) == (5 * 100 * 64 * 64, 1, 3)
    assert costs("restricted", 100, 64, window=30) == (30 * 100 * 64, 1, 4)


@pytest.mark.parametrize(("n", "layers"), [(1, 0), (3, 1), (4, 2), (9, 2), (243, 5), (244, 6)])
def test_dilated_convolutions_span_powers_of_the_kernel(n: int, layers: int) -> None:
    assert reference.layer_costs("convolutional", n, 8, kernel=3).path_length == layers


def test_unknown_layers_are_refused() -> None:
    with pytest.raises(ValueError, match="Unknown"):
        reference.layer_costs("quantum", 2, 2)
    with pytest.raises(ValueError, match="window"):
        reference.layer_costs("restricted", 2, 2)
    with pytest.raises(ValueError, match="kernel"):
        reference.layer_costs("convolutional", 2, 2, kernel=1)


def test_attention_cost_is_what_torch_counts_and_keeps() -> None:
    n, d = 24, 10
    q, k, v = (torch.randn(n, d, requires_grad=True) for _ in range(3))
    kept: dict[int, int] = {}

    def keep(x: torch.Tensor) -> torch.Tensor:
        kept[x.untyped_storage().data_ptr()] = x.untyped_storage().nbytes()
        return x

    saving = torch.autograd.graph.saved_tensors_hooks(keep, lambda x: x)
    with FlopCounterMode(display=False) as counter, saving:
        output = torch.softmax(q @ k.T * d**-0.5, -1) @ v
    cost = reference.attention_cost(n, d)
    assert output.requires_grad
    assert counter.get_total_flops() == cost.flops
    assert sum(kept.values()) == cost.activation_bytes


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("d_ff", [None, 20])
def test_a_block_has_the_parameters_and_flops_of_the_formula(bias: bool, d_ff: int | None) -> None:
    T, D = 7, 12
    layer = reference.EncoderLayer(
        LayerConfig(d_model=D, n_heads=3, d_ff=d_ff, bias=bias, attention="explicit")
    )
    actual = sum(parameter.numel() for parameter in layer.parameters())
    assert actual == reference.block_parameters(D, d_ff, bias)
    with FlopCounterMode(display=False) as counter:
        layer(torch.randn(1, T, D))
    assert counter.get_total_flops() == reference.block_flops(T, D, d_ff)
