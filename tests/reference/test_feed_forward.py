"""Activations against torch's; the feed-forward network against its other two forms."""

from functools import partial

import pytest
import torch
import torch.nn.functional as F

import reference
from reference.feed_forward import ACTIVATIONS

FORMULAS = {
    "relu": (reference.relu, F.relu),
    "gelu": (reference.gelu, F.gelu),
    "gelu_tanh": (
        partial(reference.gelu, approximate="tanh"),
        partial(F.gelu, approximate="tanh"),
    ),
    "silu": (reference.silu, F.silu),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_formulas_are_the_kernels(name: str, dtype: torch.dtype) -> None:
    ours, theirs = FORMULAS[name]
    x = torch.tensor([-50.0, -3.0, -0.7, 0.1, 2.0, 50.0], dtype=dtype, requires_grad=True)
    torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ACTIVATIONS[name](x), theirs(x))
    (gradient,) = torch.autograd.grad(ours(x).sum(), x)
    (expected,) = torch.autograd.grad(theirs(x).sum(), x)
    torch.testing.assert_close(gradient, expected, rtol=1e-5, atol=1e-6)


def test_exact_and_tanh_gelu_differ() -> None:
    x = torch.linspace(-3, 3, 50)
    assert 1e-4 < (reference.gelu(x) - reference.gelu(x, "tanh")).abs().max() < 1e-3


def test_feed_forward_is_two_layers_around_an_activation() -> None:
    layer = reference.FeedForward(6, activation="gelu")
    assert layer.linear1.weight.shape == (24, 6)
    x = torch.randn(2, 3, 6)
    torch.testing.assert_close(layer(x), layer.linear2(F.gelu(layer.linear1(x))))


def test_dropout_is_on_the_inner_activations() -> None:
    layer = reference.FeedForward(6, 5, dropout=0.999)
    x = torch.randn(40, 6)
    silent = layer.linear2.bias.expand(40, 6)
    assert (layer(x) == silent).all(-1).float().mean() > 0.9
    layer.eval()
    assert (layer(x) != silent).any()


def test_gated_module_is_its_formula() -> None:
    layer, x = reference.GatedFeedForward(6, 10), torch.randn(2, 3, 6)
    weights = layer.gate.weight, layer.up.weight, layer.down.weight
    torch.testing.assert_close(reference.gated_feed_forward(x, *weights), layer(x))
    expected = (F.silu(x @ weights[0].T) * (x @ weights[1].T)) @ weights[2].T
    torch.testing.assert_close(layer(x), expected)


def test_it_is_two_convolutions_of_size_one() -> None:
    layer, x = reference.FeedForward(6, 10), torch.randn(2, 3, 6)
    w1, w2 = reference.feed_forward_as_convolution(layer.linear1.weight, layer.linear2.weight)
    hidden = F.relu(F.conv1d(x.mT, w1, layer.linear1.bias))
    torch.testing.assert_close(F.conv1d(hidden, w2, layer.linear2.bias).mT, layer(x))


def test_it_is_a_memory() -> None:
    x, keys, values = torch.randn(2, 3, 6), torch.randn(10, 6), torch.randn(10, 6)
    whole = F.relu(x @ keys.T) @ values
    torch.testing.assert_close(reference.feed_forward_as_memory(x, keys, values, 10).output, whole)
    top = reference.feed_forward_as_memory(x, keys, values, k=2)
    assert (top.coefficients[..., 0] >= top.coefficients[..., 1]).all()
    best = (x[1, 2] @ keys.T).argmax()
    assert top.indices[1, 2, 0] == best
    i, j = top.indices[1, 2]
    a, b = top.coefficients[1, 2]
    torch.testing.assert_close(top.output[1, 2], a * values[i] + b * values[j])
