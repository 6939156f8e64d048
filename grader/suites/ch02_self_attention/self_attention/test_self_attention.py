"""A self-attention layer: three projections by name, the scale, masks, gradients."""

import pytest
import torch
import torch.nn.functional as F

import reference


def random_weights(rng, widths, bias=False, dtype=torch.float32):
    d_model, d_k, d_v = widths
    weights = {}
    for name, width in (("query", d_k), ("key", d_k), ("value", d_v)):
        weights[f"{name}.weight"] = rng.normal(width, d_model, scale=0.6, dtype=dtype)
        if bias:
            weights[f"{name}.bias"] = rng.normal(width, dtype=dtype)
    return weights


def self_attention(x, weights, mask=None):
    q, k, v = (
        F.linear(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"))
        for name in ("query", "key", "value")
    )
    return reference.scaled_dot_product_attention(q, k, v, mask)


def expected_gradients(x, given, mask, d_output):
    """By name: of x, and of each parameter."""
    leaves = {name: tensor.clone().requires_grad_() for name, tensor in {"x": x, **given}.items()}
    output, _ = self_attention(leaves["x"], leaves, mask)
    gradients = reference.vjp(output, list(leaves.values()), d_output)
    return dict(zip(leaves, gradients, strict=True))


def compare_gradients(expect, actual, expected):
    found = {"x": actual.inputs[0], **actual.parameters}
    for name, right in expected.items():
        because = f"This is the gradient of {name}."
        expect(found[name]).is_finite(because=because)
        expect(found[name]).matches(right, because=because)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("batch", "widths"),
    [
        pytest.param(2, (4, 4, 4), id="equal widths"),
        pytest.param(2, (7, 4, 3), id="three different widths"),
        pytest.param(1, (7, 4, 1), id="sizes of 1"),
        pytest.param(2, (1, 1, 1), id="widths of 1"),
    ],
)
def test_output_and_weights(submission, rng, expect, batch, widths):
    """Queries, keys and values are three projections of x, and the scale is √d_k."""
    layer = submission.SelfAttention(*widths)
    given = random_weights(rng, widths)
    layer.load_state_dict(given)
    x = rng.normal(batch, 5, widths[0])
    output, weights = layer(x)
    expected_output, expected_weights = self_attention(x, given)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


def test_a_batch_that_stands_second(submission, rng, expect):
    """An x that is not contiguous, such as one turned from (T, B, d_model), counts like any."""
    layer = submission.SelfAttention(6, 4, 3)
    given = random_weights(rng, (6, 4, 3))
    layer.load_state_dict(given)
    x, mask = rng.normal(5, 2, 6).transpose(0, 1), rng.mask(5, 5, 2).permute(2, 0, 1)
    for allowed in (None, mask | ~mask.any(-1, keepdim=True)):
        output, weights = layer(mask=allowed, x=x)
        expected_output, expected_weights = self_attention(x, given, allowed)
        expect(weights).matches(expected_weights)
        expect(output).matches(expected_output)


def test_each_call_stands_alone(submission, rng, expect):
    """A call depends on its own x and mask, not on those of the calls before."""
    layer = submission.SelfAttention(6, 4, 3)
    given = random_weights(rng, (6, 4, 3))
    layer.load_state_dict(given)
    for length, mask in ((5, rng.mask(2, 5, 5)), (5, None), (4, rng.mask(4, 4)), (3, None)):
        x = rng.normal(2, length, 6)
        output, weights = layer(x, mask)
        expected_output, expected_weights = self_attention(x, given, mask)
        expect(weights).matches(expected_weights, because="The layer was called before.")
        expect(output).matches(expected_output, because="The layer was called before.")


def test_half_precision(submission, rng, expect):
    """A layer moved to float16 or bfloat16 works in that dtype, empty rows included."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        layer = submission.SelfAttention(4, 4, 3).to(dtype)
        given = random_weights(rng, (4, 4, 3), dtype=dtype)
        layer.load_state_dict(given)
        x, mask = rng.normal(2, 5, 4, scale=0.7, dtype=dtype), rng.mask(2, 5, 5)
        mask[1, 2] = False
        exact = {name: tensor.double() for name, tensor in given.items()}
        right = self_attention(x.double(), exact, mask)
        output, weights = layer(x, mask)
        expect(weights[~mask]).equals(0.0)
        expect(weights).matches(right[1].to(dtype), atol=rounding)
        expect(output).matches(right[0].to(dtype), atol=rounding)


def test_biases_in_float64(submission, rng, expect):
    """With bias=True each projection adds its bias, and float64 stays float64."""
    widths = (5, 9, 6)  # √9 is exact in every dtype
    layer = submission.SelfAttention(*widths, bias=True).to(torch.float64)
    given = random_weights(rng, widths, bias=True, dtype=torch.float64)
    layer.load_state_dict(given)
    x = rng.normal(2, 3, widths[0], dtype=torch.float64)
    output, weights = layer(x)
    expected_output, expected_weights = self_attention(x, given)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("batch", "shape"),
    [
        pytest.param(2, (2, 5, 5), id="a mask for each pair"),
        pytest.param(2, (5, 5), id="one mask for the whole batch"),
        pytest.param(5, (5, 5), id="one mask for as many sequences as positions"),
        pytest.param(2, (2, 1, 5), id="a padding mask"),
        pytest.param(2, (5,), id="one row for all positions"),
    ],
)
def test_a_position_attends_only_where_the_mask_is_true(submission, rng, expect, batch, shape):
    """A position attends only where the mask is True, and its weights still sum to 1."""
    widths = (6, 4, 3)
    layer = submission.SelfAttention(*widths)
    given = random_weights(rng, widths)
    layer.load_state_dict(given)
    x, mask = rng.normal(batch, 5, widths[0]), rng.mask(*shape)
    output, weights = layer(x, mask)
    expect(weights[~mask.expand_as(weights)]).equals(
        0.0, because="A pair whose mask is False has a weight of exactly 0."
    )
    expect(weights).sums_to(1.0, dim=-1)
    expect(output).matches(self_attention(x, given, mask)[0])


@pytest.mark.parametrize(
    ("allowed", "forbidden"),
    [
        pytest.param(0.0, 1024.0, id="forbidden scores near 1000"),
        pytest.param(-20480.0, 0.0, id="allowed scores near -20000"),
    ],
)
def test_forbidden_scores_far_above_the_allowed(
    submission, rng, expect, device, allowed, forbidden
):
    """Forbidden scores far above the allowed ones take nothing from their weights."""
    layer = submission.SelfAttention(5, 4, 3).to(torch.float64)
    given = random_weights(rng, (5, 4, 3), dtype=torch.float64)
    identity = torch.eye(5, dtype=torch.float64, device=device)
    given["query.weight"], given["key.weight"] = identity[:4], identity[[0, 1, 2, 4]]
    layer.load_state_dict(given)
    mask = rng.mask(3, 1, 6)
    x = rng.integers(-2, 3, 3, 6, 5).to(torch.float64)
    # The last feature of q and k adds 1 · 2 · level / √4 = level to the scores of a key.
    x[..., 3] = 1.0
    x[..., 4] = 2 * torch.where(mask[:, 0], allowed, forbidden)
    x[2, :, 4] = 2 * forbidden  # a sequence with another level than the rest
    output, weights = layer(x, mask)
    expected_output, expected_weights = self_attention(x, given, mask)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)
    actual = layer.gradients(x, mask, cotangent=(torch.ones_like(output), None))
    for name, gradient in {"x": actual.inputs[0], **actual.parameters}.items():
        expect(gradient).is_finite(because=f"This is the gradient of {name}.")


def test_a_row_without_an_allowed_position_is_zero(submission, rng, expect):
    """A position that may attend to nothing gets weights 0 and output 0."""
    widths = (6, 4, 3)
    layer = submission.SelfAttention(*widths, bias=True)
    given = random_weights(rng, widths, bias=True)
    layer.load_state_dict(given)
    x, mask = rng.normal(2, 5, widths[0]), rng.mask(2, 5, 5)
    mask[0, 2] = False
    output, weights = layer(x, mask)
    expect(weights[0, 2]).equals(0.0)
    expect(output[0, 2]).equals(0.0)
    expected_output, expected_weights = self_attention(x, given, mask)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


@pytest.mark.points(2)
def test_gradients_reach_the_input_and_the_parameters(submission, rng, expect):
    """Gradients reach x and the parameters, and are finite where nothing is allowed."""
    widths = (6, 4, 3)
    layer = submission.SelfAttention(*widths)
    given = random_weights(rng, widths)
    layer.load_state_dict(given)
    x, mask, d_output = rng.normal(2, 5, widths[0]), rng.mask(2, 5, 5), rng.normal(2, 5, 3)
    mask[1, 3] = False
    actual = layer.gradients(x, mask, cotangent=(d_output, None))
    compare_gradients(expect, actual, expected_gradients(x, given, mask, d_output))


def test_evaluation_mode_changes_nothing(submission, rng, expect):
    """After `eval()` the output, the weights and the gradients are the same as in training mode."""
    widths = (6, 4, 3)
    layer = submission.SelfAttention(*widths).eval()
    given = random_weights(rng, widths)
    layer.load_state_dict(given)
    x, mask, d_output = rng.normal(2, 5, widths[0]), rng.mask(2, 5, 5), rng.normal(2, 5, 3)
    output, weights = layer(x, mask)
    expected_output, expected_weights = self_attention(x, given, mask)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)
    actual = layer.gradients(x, mask, cotangent=(d_output, None))
    compare_gradients(expect, actual, expected_gradients(x, given, mask, d_output))


def test_arguments_are_left_alone(submission, rng, expect):
    """x and the mask hold after the call what they held before."""
    layer = submission.SelfAttention(6, 4, 3)
    layer.load_state_dict(random_weights(rng, (6, 4, 3)))
    x, mask = rng.normal(2, 5, 6), rng.mask(2, 5, 5)
    empty = mask.clone()
    empty[0, 1] = False
    for before in ((x, mask), (x, empty)):
        after = layer.inputs_after(*before)
        for name, now, then in zip(("x", "the mask"), after, before, strict=True):
            expect(now).equals(then, because=f"Your call changes {name}.")
