"""Scaled dot-product attention: scale, softmax axis, masks, empty rows, gradients."""

import pytest
import torch

import reference


def expected_gradients(q, k, v, mask, d_output):
    leaves = [x.clone().requires_grad_() for x in (q, k, v)]
    output, _ = reference.scaled_dot_product_attention(*leaves, mask)
    return reference.vjp(output, leaves, d_output)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        # lead, T, S, e
        pytest.param(((2,), 3, 5, 6), id="one batch dimension"),
        pytest.param(((), 3, 5, 6), id="no batch dimension"),
        pytest.param(((2,), 4, 4, 6), id="as many queries as keys"),
        pytest.param(((1,), 1, 5, 1), id="sizes of 1"),
        pytest.param(((2, 1, 1, 3), 2, 3, 4), id="four leading dimensions"),
    ],
)
def test_output_is_the_average_of_the_values(submission, rng, expect, shape):
    """The output is the average of the values under softmax(q · k / √d)."""
    lead, t, s, e = shape
    q, k, v = rng.normal(*lead, t, 8), rng.normal(*lead, s, 8), rng.normal(*lead, s, e)
    output, weights = submission.scaled_dot_product_attention(q, k, v)
    expected_output, expected_weights = reference.scaled_dot_product_attention(q, k, v)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((2, 4, 4), id="a mask for each pair"),
        pytest.param((4, 4), id="one mask for the whole batch"),
        pytest.param((2, 1, 4), id="a padding mask"),
        pytest.param((4,), id="one row for all queries"),
    ],
)
def test_a_query_attends_only_where_the_mask_is_true(submission, rng, expect, shape):
    """A query attends only where the mask is True, and its weights still sum to 1."""
    q, k, v = rng.normal(2, 4, 10), rng.normal(2, 4, 10), rng.normal(2, 4, 3)
    mask = rng.mask(*shape)
    output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
    expected_output, _ = reference.scaled_dot_product_attention(q, k, v, mask)
    expect(weights[~mask.expand_as(weights)]).equals(
        0.0, because="A pair whose mask is False has a weight of exactly 0."
    )
    expect(weights).sums_to(1.0, dim=-1)
    expect(output).matches(expected_output)


def test_many_heads_in_float64(submission, rng, expect):
    """Batch and head dimensions are carried along, and float64 stays float64."""
    # √9 is exact in every dtype, so that a root taken in float32 does no harm.
    q = rng.normal(2, 3, 6, 9, dtype=torch.float64)
    k = rng.normal(2, 3, 5, 9, dtype=torch.float64)
    v = rng.normal(2, 3, 5, 7, dtype=torch.float64)
    for shape in [(2, 1, 6, 5), (3, 6, 5), (2, 3, 1, 5), (6, 5)]:
        mask = rng.mask(*shape)
        output, weights = submission.scaled_dot_product_attention(mask=mask, v=v, k=k, q=q)
        expected_output, expected_weights = reference.scaled_dot_product_attention(q, k, v, mask)
        expect(weights).matches(expected_weights)
        expect(output).matches(expected_output)


def test_heads_split_by_a_transpose(submission, rng, expect):
    """Arguments that are not contiguous, such as transposed ones, count like any others."""
    q, k, v = rng.normal(2, 4, 3, 8), rng.normal(2, 5, 3, 8), rng.normal(2, 5, 3, 6)
    given = [x.transpose(1, 2) for x in (q, k, v)]
    mask = rng.mask(2, 1, 5, 4).mT
    mask = mask | ~mask.any(-1, keepdim=True)
    output, weights = submission.scaled_dot_product_attention(*given, mask)
    expected_output, expected_weights = reference.scaled_dot_product_attention(*given, mask)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


def test_half_precision(submission, rng, expect):
    """float16 and bfloat16 give results of the same dtype, forbidden pairs and empty rows too."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        q, k, v = (rng.normal(2, n, 4, dtype=dtype) for n in (3, 5, 5))
        mask = rng.mask(2, 3, 5)
        mask[1, 0] = False
        right = reference.scaled_dot_product_attention(q.double(), k.double(), v.double(), mask)
        output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
        expect(weights[~mask]).equals(0.0)
        expect(weights).matches(right[1].to(dtype), atol=rounding)
        expect(output).matches(right[0].to(dtype), atol=rounding)


def test_forbidden_keys_have_no_influence(submission, rng, expect):
    """What a forbidden key and its value hold changes nothing."""
    q, k, v = rng.normal(2, 3, 6), rng.normal(2, 5, 6), rng.normal(2, 5, 4)
    is_real = rng.mask(2, 1, 5)
    mask = is_real.expand(2, 3, 5)
    padding = ~is_real.transpose(1, 2)
    output, _ = submission.scaled_dot_product_attention(q, k, v, mask)
    for size in (9.0, 1e30):
        other_k, other_v = rng.normal(2, 5, 6, scale=size), rng.normal(2, 5, 4, scale=size)
        moved, _ = submission.scaled_dot_product_attention(
            q, torch.where(padding, other_k, k), torch.where(padding, other_v, v), mask
        )
        expect(moved).matches(
            output, because="Only keys and values at forbidden positions changed."
        )
    expect(output).matches(reference.scaled_dot_product_attention(q, k, v, mask)[0])


def test_large_scores_stay_finite(submission, rng, expect, device):
    """Scores near +1000 and near -1000 give the same weights as scores near 0."""
    small_q = rng.integers(-2, 3, 2, 3, 15).to(torch.float32)
    small_k = rng.integers(-2, 3, 2, 5, 15).to(torch.float32)
    v = rng.normal(2, 5, 6)
    # One more feature adds 64 · 64 / √16 = ±1024 to every score; whole numbers keep it exact.
    sign = torch.tensor([1.0, -1.0], device=device).view(2, 1, 1)
    q = torch.cat([small_q, 64 * sign.expand(2, 3, 1)], dim=-1)
    k = torch.cat([small_k, torch.full((2, 5, 1), 64.0, device=device)], dim=-1)
    output, weights = submission.scaled_dot_product_attention(q, k, v)
    expected_output, expected_weights = reference.scaled_dot_product_attention(q, k, v)
    expect(weights).is_finite()
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)


@pytest.mark.parametrize(
    ("allowed", "forbidden"),
    [
        pytest.param(0.0, 1024.0, id="forbidden scores near 1000"),
        pytest.param(-20480.0, 0.0, id="allowed scores near -20000"),
    ],
)
def test_forbidden_scores_far_above_the_allowed(submission, rng, expect, allowed, forbidden):
    """Forbidden scores far above the allowed ones take nothing from their weights."""
    mask = rng.mask(2, 1, 5)
    q = rng.integers(-2, 3, 2, 6, 4).to(torch.float64)
    k = rng.integers(-2, 3, 2, 5, 4).to(torch.float64)
    v = rng.normal(2, 5, 3, dtype=torch.float64)
    # The last feature adds 1 · 2 · level / √4 = level to the scores of a key.
    q[..., -1] = 1.0
    k[..., -1] = 2 * torch.where(mask[:, 0], allowed, forbidden)
    output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
    expected_output, expected_weights = reference.scaled_dot_product_attention(q, k, v, mask)
    expect(weights).matches(expected_weights)
    expect(output).matches(expected_output)
    actual = submission.scaled_dot_product_attention.gradients(
        q, k, v, mask, cotangent=(torch.ones_like(output), None)
    ).inputs
    for name, gradient in zip("qkv", actual[:3], strict=True):
        expect(gradient).is_finite(because=f"This is the gradient of {name}.")


@pytest.mark.points(2)
def test_a_row_without_an_allowed_key_is_zero(submission, rng, expect):
    """A query that may attend to nothing gets weights 0 and output 0."""
    q, k, v = rng.normal(2, 3, 8), rng.normal(2, 5, 8), rng.normal(2, 5, 6)
    mask = rng.mask(2, 3, 5)
    mask[0, 1] = False
    output, weights = submission.scaled_dot_product_attention(q, k, v, mask)
    expect(weights[0, 1]).equals(0.0)
    expect(output[0, 1]).equals(0.0)
    for allowed in (mask, mask.any(-1, keepdim=True)):  # the second forbids a row as a whole
        output, weights = submission.scaled_dot_product_attention(q, k, v, allowed)
        expected_output, expected_weights = reference.scaled_dot_product_attention(q, k, v, allowed)
        expect(weights).matches(expected_weights)
        expect(output).matches(expected_output)


@pytest.mark.points(2)
def test_gradients_are_finite_and_right(submission, rng, expect):
    """Gradients reach q, k and v, and are finite where a row has no allowed key."""
    q, k, v = rng.normal(2, 3, 8), rng.normal(2, 5, 8), rng.normal(2, 5, 6)
    mask = rng.mask(2, 3, 5)
    mask[1, 2] = False
    d_output = rng.normal(2, 3, 6)
    actual = submission.scaled_dot_product_attention.gradients(
        q, k, v, mask, cotangent=(d_output, None)
    ).inputs
    expected = expected_gradients(q, k, v, mask, d_output)
    for name, gradient, right in zip("qkv", actual[:3], expected, strict=True):
        because = f"This is the gradient of {name}."
        expect(gradient).is_finite(because=because)
        expect(gradient).matches(right, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """q, k, v and the mask hold after the call what they held before."""
    q, k, v, mask = (
        rng.normal(2, 3, 8),
        rng.normal(2, 5, 8),
        rng.normal(2, 5, 6),
        rng.mask(2, 3, 5),
    )
    empty = mask.clone()
    empty[0, 1] = False
    for before in ((q, k, v, mask), (q, k, v, empty), (q, k, v)):
        after = submission.scaled_dot_product_attention.inputs_after(*before)
        for name, now, then in zip(("q", "k", "v", "the mask"), after, before, strict=False):
            expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are averaged alike, however large or small their numbers are."""
    q, k, v, mask = rng.normal(2, 3, 4), rng.normal(2, 5, 4), rng.normal(2, 5, 6), rng.mask(3, 5)
    for allowed in (None, mask):
        output, _ = submission.scaled_dot_product_attention(q, k, size * v, allowed)
        expected, _ = reference.scaled_dot_product_attention(q, k, v, allowed)
        because = "This is the output divided by the size of the values."
        expect(output / size).matches(expected, because=because)
