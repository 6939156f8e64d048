"""What silencing a head costs: which numbers are set to 0, and which error is measured."""

import pytest
import torch

import reference

NAMES = ("x", "w_q", "w_k", "w_v", "w_o")


def draw(rng, B, T, D, dtype=torch.float32):
    """x and the four weights, so that scores stay small and no two of them are alike."""
    weights = [rng.normal(D, D, scale=1.3 * D**-0.5, dtype=dtype) for _ in range(4)]
    return [rng.normal(B, T, D, dtype=dtype), *weights]


def layer(x, w_q, w_k, w_v, w_o, n_heads):
    return reference.multi_head_attention(x, x, w_q, w_k, w_v, w_o, n_heads)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "T", "H", "d"),
    [
        pytest.param(2, 5, 3, 4, id="four different sizes"),
        pytest.param(3, 3, 3, 3, id="all sizes equal"),
        pytest.param(2, 4, 1, 6, id="one head"),
        pytest.param(2, 4, 6, 1, id="heads of width 1"),
        pytest.param(1, 1, 2, 3, id="one token"),
        pytest.param(1, 1, 1, 1, id="sizes of 1"),
    ],
)
def test_rise_of_the_error(submission, rng, expect, B, T, H, d):
    """Entry h is the mean squared error without head h, minus that with all heads."""
    given, target = draw(rng, B, T, H * d), rng.normal(B, T, H * d)
    result = submission.head_importance(*given, H, target)
    expect(result).matches(reference.head_importance(*given, H, target))


@pytest.mark.points(2)
def test_a_head_that_does_harm(submission, rng, expect):
    """A head without which the layer fits its target exactly has a negative importance."""
    given = draw(rng, 2, 5, 12)
    without = list(given)
    without[-1] = given[-1].clone()
    without[-1][:, 4:8] = 0.0
    target = layer(*without, 3)
    expected = reference.head_importance(*given, 3, target)
    result = submission.head_importance(*given, n_heads=3, target=target)
    expect(result).matches(expected)
    expect(result[1]).matches(-(layer(*given, 3) - target).square().mean())


def test_a_target_that_is_met(submission, rng, expect):
    """Where the layer meets its target, a head's importance is what it adds, squared."""
    given = draw(rng, 2, 5, 12)
    target = layer(*given, 3)
    result = submission.head_importance(*given, 3, target)
    expect(result).matches(reference.head_importance(*given, 3, target))


def test_a_head_that_nobody_reads(submission, rng, expect):
    """A head whose part of the output projection is 0 is worth nothing; the others are."""
    given, target = draw(rng, 2, 5, 12), rng.normal(2, 5, 12)
    given[-1][:, :4] = 0.0
    result = submission.head_importance(*given, 3, target)
    expect(result).matches(reference.head_importance(*given, 3, target))


def test_a_target_far_away(submission, rng, expect):
    """The error is the mean over all numbers, whatever the scale of the target."""
    given = draw(rng, 3, 4, 6, torch.float64)
    for scale in (0.0, 1.0, 100.0):
        target = rng.normal(3, 4, 6, scale=scale, dtype=torch.float64)
        result = submission.head_importance(*given, 2, target)
        expect(result).matches(reference.head_importance(*given, 2, target))


def test_far_sizes(submission, rng, expect):
    """Vectors that are far larger or smaller than usual count as they are, and so do weights."""
    x, w_q, w_k, w_v, w_o = draw(rng, 2, 4, 6, torch.float64)
    target = rng.normal(2, 4, 6, dtype=torch.float64)
    for size in (1e30, 1e-30):
        given = (size * x, w_q / size, w_k / size, w_v, w_o, 2, size * target)
        expected = reference.head_importance(*given) / size**2
        expect(submission.head_importance(*given) / size**2).matches(expected)


@pytest.mark.points(2)
@pytest.mark.parametrize("number", [0, 1])
def test_the_heads_of_a_trained_model(submission, rng, expect, device, number):
    """The weights of a trained layer, on what it is given when its model reads a sentence."""
    specimen = reference.load_specimen()
    attention = reference.attention_layers(specimen.model)[number]
    seen = []
    attention.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    specimen.attention(specimen.sentence(int(rng.integers(0, 10_000, 1)), 12))
    (x,) = seen
    given = [x, *(getattr(attention, name).weight for name in NAMES[1:])]
    given = [tensor.detach().to(device) for tensor in given]
    target = layer(*given, 4) + rng.normal(1, 12, 64, scale=0.3)
    result = submission.head_importance(*given, 4, target)
    expect(result).matches(reference.head_importance(*given, 4, target))


def test_float64(submission, rng, expect):
    """float64 stays float64, and is computed in it."""
    given = draw(rng, 2, 5, 12, torch.float64)
    target = rng.normal(2, 5, 12, dtype=torch.float64)
    result = submission.head_importance(*given, 3, target)  # √4 is exact in every dtype
    expect(result).matches(reference.head_importance(*given, 3, target))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    _, *weights = draw(rng, 1, 1, 6)
    given = [rng.normal(5, 2, 6).transpose(0, 1), *(weight.T for weight in weights)]
    target = rng.normal(2, 6, 5).mT
    named = dict(zip(NAMES, given, strict=True))
    result = submission.head_importance(target=target, n_heads=3, **named)
    expect(result).matches(reference.head_importance(*given, 3, target))


def test_arguments_are_left_alone(submission, rng, expect):
    """Inputs, weights and target hold after the call what they held before."""
    given, target = draw(rng, 2, 4, 6), rng.normal(2, 4, 6)
    after = submission.head_importance.inputs_after(*given, 3, target)
    for name, now, then in zip(NAMES, after, given, strict=False):
        expect(now).equals(then, because=f"Your call changes {name}.")
    expect(after[-1]).equals(target, because="Your call changes the target.")
