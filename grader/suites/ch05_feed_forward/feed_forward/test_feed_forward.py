"""The feed-forward layer: its formula, its default width, dropout inside, shapes and dtypes."""

import pytest
import torch

import reference


def drawn_weights(rng, D, F, dtype=torch.float32):
    return {
        "linear1.weight": rng.normal(F, D, scale=D**-0.5, dtype=dtype),
        "linear1.bias": rng.normal(F, scale=0.5, dtype=dtype),
        "linear2.weight": rng.normal(D, F, scale=F**-0.5, dtype=dtype),
        "linear2.bias": rng.normal(D, scale=0.5, dtype=dtype),
    }


def given_layer(submission, rng, D, F, dropout=0.0, dtype=torch.float32):
    """A layer and the weights that it was given."""
    layer = submission.FeedForward(D, F, dropout).to(dtype)
    weights = drawn_weights(rng, D, F, dtype)
    layer.load_state_dict(weights)
    return layer, weights


def network(x, w):
    """The formula, in the dtype of x."""
    hidden = (x @ w["linear1.weight"].T + w["linear1.bias"]).clamp(min=0)
    return hidden @ w["linear2.weight"].T + w["linear2.bias"]


def expected_output(x, weights):
    exact = network(x.double(), {name: weight.double() for name, weight in weights.items()})
    return exact.to(x.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("shape", "F"),
    [
        pytest.param((2, 5, 4), 7, id="more hidden values than features"),
        pytest.param((3, 4, 8), 5, id="fewer hidden values than features"),
        pytest.param((4, 4, 4), 4, id="all sizes equal"),
        pytest.param((2, 3, 1), 6, id="one feature"),
        pytest.param((2, 3, 5), 1, id="one hidden value"),
        pytest.param((1, 1, 3), 9, id="a single token"),
    ],
)
def test_formula(submission, rng, expect, shape, F):
    """The output is max(x W₁ᵀ + b₁, 0) W₂ᵀ + b₂."""
    layer, weights = given_layer(submission, rng, shape[-1], F)
    x = rng.normal(*shape)
    expect(layer(x)).matches(expected_output(x, weights))


@pytest.mark.parametrize("D", [1, 3, 6])
def test_default_width(submission, rng, expect, D):
    """Without a d_ff there are 4 · d_model hidden values."""
    for layer in (submission.FeedForward(D), submission.FeedForward(d_ff=None, d_model=D)):
        weights = drawn_weights(rng, D, 4 * D)
        layer.load_state_dict(weights)
        x = rng.normal(2, 5, D)
        expect(layer(x)).matches(expected_output(x, weights))


@pytest.mark.parametrize(
    "leading",
    [
        pytest.param((), id="one vector"),
        pytest.param((5,), id="one sequence"),
        pytest.param((2, 1, 3), id="three leading dimensions"),
        pytest.param((2, 1, 3, 4), id="four leading dimensions"),
    ],
)
def test_any_leading_dimensions(submission, rng, expect, leading):
    """Whatever stands before the last axis is kept."""
    layer, weights = given_layer(submission, rng, 6, 9)
    x = rng.normal(*leading, 6)
    expect(layer(x)).matches(expected_output(x, weights))


def test_each_token_alone(submission, rng, expect):
    """A token's output is the same, whatever stands beside it; a huge neighbour changes nothing."""
    layer, weights = given_layer(submission, rng, 5, 8)
    x = rng.normal(2, 4, 5)
    other = x.clone()
    other[0, 1], other[1, 3] = 1e4 * rng.normal(5), rng.normal(5)
    expect(layer(x)).matches(expected_output(x, weights))
    expect(layer(other)).matches(expected_output(other, weights), atol=1e-2)
    kept = layer(other)[0, 2:]
    expect(kept).matches(expected_output(x, weights)[0, 2:], because="Another token was changed.")


def test_a_batch_that_stands_second(submission, rng, expect):
    """An x that is not contiguous, such as one turned from (T, B, D), counts like any other."""
    layer = submission.FeedForward(dropout=0.0, d_ff=7, d_model=6)  # by name
    weights = drawn_weights(rng, 6, 7)
    layer.load_state_dict(weights)
    x = rng.normal(5, 2, 6).transpose(0, 1)
    expect(layer(x=x)).matches(expected_output(x, weights))


def test_each_call_stands_alone(submission, rng, expect):
    """A call depends on its own x and the weights of that moment, not on the calls before."""
    layer, weights = given_layer(submission, rng, 4, 6)
    for batch, length in ((2, 5), (3, 5), (1, 2)):
        x = rng.normal(batch, length, 4)
        expect(layer(x)).matches(expected_output(x, weights), because="It was called before.")
    weights = drawn_weights(rng, 4, 6)
    layer.load_state_dict(weights)
    because = "Other weights were loaded since the call before."
    expect(layer(x)).matches(expected_output(x, weights), because=because)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """After `.to(…)` the layer works in that dtype."""
    layer, weights = given_layer(submission, rng, 5, 8, dtype=dtype)
    # Small outputs, so that sums in any order stay close.
    weights |= {name: weights[name] / 4 for name in ("linear2.weight", "linear2.bias")}
    layer.load_state_dict(weights)
    x = rng.normal(3, 4, 5, dtype=dtype)
    expect(layer(x)).matches(expected_output(x, weights))


def laid_open(submission, rng, D, dropout):
    """A layer that shows its hidden values, all above 1: W₂ is the identity."""
    layer = submission.FeedForward(D, D, dropout)
    weights = drawn_weights(rng, D, D)
    weights["linear1.weight"] = rng.uniform(D, D, low=0.0, high=0.3)
    weights["linear1.bias"] = rng.uniform(D, low=1.0, high=2.0)
    weights["linear2.weight"] = torch.eye(D, device=weights["linear2.weight"].device)
    layer.load_state_dict(weights)
    return layer, weights["linear2.bias"], weights


@pytest.mark.points(2)
def test_dropout_in_training(submission, rng, expect):
    """In training a share of the hidden values is 0, and the others are scaled up to match."""
    D = 12
    layer, bias, weights = laid_open(submission, rng, D, 0.25)
    x = rng.uniform(9, 11, D, low=0.1, high=1.0)
    output = layer(x)
    hidden = expected_output(x, weights) - bias
    kept = (output - bias).abs() > 0.5
    because = "A hidden value that is dropped counts as 0, so that b₂ alone is left where W₂ is 1."
    expect(output[~kept]).matches(bias.expand_as(output)[~kept], because=because)
    because = "What is kept of the hidden values is divided by 1 − dropout, and then b₂ is added."
    expect(output[kept]).matches((hidden / 0.75 + bias)[kept], because=because)
    share = "A quarter of the hidden values should be 0 with dropout=0.25; this is the share."
    expect(float((~kept).double().mean())).is_between(0.15, 0.35, because=share)
    # Along each axis nearly every line has both kinds, unless its values are dropped together.
    for dim, name in enumerate(("batch", "positions", "hidden values")):
        mixed = kept.any(dim) & ~kept.all(dim)
        because = f"Each hidden value is dropped by itself, not with others along the {name}."
        expect(float(mixed.double().mean())).is_between(0.6, 1.0, because=because)
    because = "Two calls in training should not drop the same values."
    expect(layer(x)).differs_from(output, because=because)


@pytest.mark.points(2)
def test_a_hidden_value_is_dropped_for_all_features(submission, rng, expect):
    """With one hidden value, dropout leaves a token all of it or none, in every feature."""
    layer, weights = given_layer(submission, rng, 6, 1, 0.5)
    weights["linear1.bias"] = weights["linear1.bias"].abs() + 30.0  # it fires for every token
    layer.load_state_dict(weights)
    x = rng.normal(10, 20, 6)
    output, bias = layer(x), weights["linear2.bias"]
    whole = (expected_output(x, weights) - bias) / 0.5 + bias
    largest = int(weights["linear2.weight"].abs().argmax())
    distance = (output - bias).abs()[..., largest]
    kept = distance > (whole - bias).abs()[..., largest] / 2  # (B, T)
    expect(output).matches(torch.where(kept[..., None], whole, bias))
    expect(float(kept.double().mean())).is_between(0.25, 0.75)


def test_no_dropout_in_evaluation(submission, rng, expect):
    """After `eval()` nothing is dropped and nothing scaled; after `train()` it is again."""
    layer, bias, weights = laid_open(submission, rng, 10, 0.5)
    x = rng.uniform(6, 8, 10, low=0.1, high=1.0)
    expect(layer.eval()(x)).matches(expected_output(x, weights))
    output = layer.train()(x)
    kept = (output - bias).abs() > 0.5
    expected = torch.where(kept, (expected_output(x, weights) - bias) / 0.5 + bias, bias)
    expect(output).matches(expected)
    expect(float(kept.double().mean())).is_between(0.25, 0.75)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach x and all four parameters, and are right."""
    layer, weights = given_layer(submission, rng, 5, 7, 0.5)
    layer.eval()
    x, d_output = rng.normal(3, 4, 5), rng.normal(3, 4, 5)
    leaves = {name: weight.double().requires_grad_() for name, weight in weights.items()}
    x64 = x.double().requires_grad_()
    names = ["x", *leaves]
    found = reference.vjp(network(x64, leaves), [x64, *leaves.values()], d_output.double())
    expected = {name: gradient.float() for name, gradient in zip(names, found, strict=True)}
    actual = layer.gradients(x, cotangent=d_output)
    expect(actual.inputs[0]).matches(expected.pop("x"), because="This is the gradient of x.")
    for name, right in expected.items():
        because = f"This is the gradient of {name}."
        expect(actual.parameters[name]).matches(right, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """x holds after the call what it held before."""
    layer, _ = given_layer(submission, rng, 6, 8)
    x = rng.normal(2, 5, 6)
    expect(layer.inputs_after(x)[0]).equals(x, because="Your call changes x.")
