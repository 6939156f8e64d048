"""Norms against torch's, with every weight away from 1 and every bias away from 0."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

import reference


def call(layer: nn.Module, x: list[Tensor]) -> Tensor:
    return layer(*x)


def test_layer_norm_parity(dtype: torch.dtype, check_parity: Any) -> None:
    names = {"weight": "weight", "bias": "bias"}
    ours, theirs = reference.LayerNorm(7, eps=0.01), nn.LayerNorm(7, eps=0.01)
    check_parity(ours, theirs, names, [5 + 3 * torch.randn(2, 3, 7, dtype=dtype)], call, call)


def test_rms_norm_parity(dtype: torch.dtype, check_parity: Any) -> None:
    ours, theirs = reference.RMSNorm(7, eps=0.01), nn.RMSNorm(7, eps=0.01)
    x = 5 + 3 * torch.randn(2, 3, 7, dtype=dtype)
    check_parity(ours, theirs, {"weight": "weight"}, [x], call, call)


def test_modules_are_their_formulas(dtype: torch.dtype) -> None:
    x, weight, bias = (torch.randn(n, dtype=dtype) for n in ((2, 3, 7), (7,), (7,)))
    layer, rms = reference.LayerNorm(7, 0.1).to(dtype), reference.RMSNorm(7, 0.1).to(dtype)
    layer.weight.data, layer.bias.data, rms.weight.data = weight, bias, weight
    torch.testing.assert_close(reference.layer_norm(x, weight, bias, 0.1), layer(x))
    torch.testing.assert_close(reference.rms_norm(x, weight, 0.1), rms(x))


def test_masked_batch_norm_is_batch_norm_of_the_real_tokens(dtype: torch.dtype) -> None:
    x = 2 + 3 * torch.randn(3, 4, 5, dtype=dtype)
    mask = torch.tensor([[True] * 4, [True] * 2 + [False] * 2, [True] + [False] * 3])
    actual = reference.masked_batch_norm(x, mask, eps=0.01)
    expected = nn.BatchNorm1d(5, eps=0.01, affine=False, dtype=dtype)(x[mask])
    torch.testing.assert_close(actual[mask], expected)
    assert (actual[~mask] == 0).all()
    x[~mask] = torch.nan
    torch.testing.assert_close(reference.masked_batch_norm(x, mask, 0.01), actual, rtol=0, atol=0)


def test_batch_norm_depends_on_the_batch_and_layer_norm_does_not() -> None:
    x, mask = torch.randn(3, 4, 5), torch.ones(3, 4, dtype=torch.bool)
    alone = reference.masked_batch_norm(x[:1], mask[:1])
    assert (alone - reference.masked_batch_norm(x, mask)[:1]).abs().max() > 0.1
    norm = reference.LayerNorm(5)
    torch.testing.assert_close(norm(x[:1]), norm(x)[:1])


@pytest.mark.parametrize("kind", [reference.LayerNorm, reference.RMSNorm])
def test_scale_does_not_matter(kind: type[nn.Module]) -> None:
    norm, x = kind(6, eps=0.0), torch.randn(2, 3, 6)
    torch.testing.assert_close(norm(100 * x), norm(x))
