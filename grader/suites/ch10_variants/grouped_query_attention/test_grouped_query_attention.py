"""Shared keys: which query heads belong to a group, the two extremes, masks, gradients."""

import pytest
import torch

import reference


def draw(rng, B, H, G, T, S, d, e, dtype=torch.float32, scale=1.0):
    sizes = ((B, H, T, d), (B, G, S, d), (B, G, S, e))
    return [rng.normal(*size, scale=scale, dtype=dtype) for size in sizes]


def compare(expect, found, right):
    for name, actual, expected in zip(("output", "weights"), found, right, strict=True):
        expect(actual).matches(expected, because=f"These are the {name}.")


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("B", "H", "G", "T", "S", "d", "e"),
    [
        pytest.param(2, 6, 2, 4, 5, 8, 3, id="groups of three"),
        pytest.param(3, 6, 3, 5, 4, 2, 7, id="groups of two"),
        pytest.param(2, 4, 2, 2, 2, 4, 4, id="many sizes equal"),
        pytest.param(2, 9, 3, 2, 6, 5, 1, id="as many groups as members"),
        pytest.param(1, 8, 2, 1, 1, 3, 2, id="one query and one key"),
        pytest.param(1, 4, 2, 3, 5, 1, 2, id="one feature"),
    ],
)
def test_neighbours_share(submission, rng, expect, B, H, G, T, S, d, e):
    """Query head h uses the key and value head h // (H / G)."""
    q, k, v = draw(rng, B, H, G, T, S, d, e)
    found = submission.grouped_query_attention(q, k, v)
    compare(expect, found, reference.grouped_query_attention(q, k, v))


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("H", "G"),
    [
        pytest.param(4, 4, id="a key head for each"),
        pytest.param(5, 1, id="one key head for all"),
        pytest.param(1, 1, id="one head"),
    ],
)
def test_the_extremes(submission, rng, expect, H, G):
    """G = H is multi-head attention, and G = 1 is multi-query attention."""
    q, k, v = draw(rng, 2, H, G, 3, 6, 4, 5)
    every_head = [one.expand(2, H, -1, -1) for one in (k, v)]
    right = reference.scaled_dot_product_attention(q, *every_head)
    compare(expect, submission.grouped_query_attention(q, k, v), right)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((3, 5), id="one for all"),
        pytest.param((2, 1, 1, 5), id="padding"),
        pytest.param((2, 1, 3, 5), id="one for each sequence"),
        pytest.param((2, 6, 3, 5), id="one for each head"),
        pytest.param((6, 1, 5), id="keys of each head"),
        pytest.param((5,), id="one row"),
    ],
)
def test_masks(submission, rng, expect, shape):
    """A query attends only where the mask is True, and its weights still sum to 1."""
    q, k, v = draw(rng, 2, 6, 2, 3, 5, 4, 7)
    mask = rng.mask(*shape)
    output, weights = submission.grouped_query_attention(q, k, v, mask)
    expect(weights[~mask.expand_as(weights)]).equals(0.0)
    right = reference.grouped_query_attention(q, k, v, mask)
    compare(expect, (output, weights), right)


@pytest.mark.points(2)
def test_a_row_without_an_allowed_key_is_zero(submission, rng, expect):
    """A query that may attend to nothing gets weights 0 and output 0, in this head alone."""
    q, k, v = draw(rng, 2, 4, 2, 3, 5, 6, 4)
    mask = rng.mask(2, 4, 3, 5)
    mask[0, 1, 2] = False
    mask[1, 3] = False
    for allowed in (mask, mask.any(-1, keepdim=True)):
        found = submission.grouped_query_attention(q, k, v, allowed)
        compare(expect, found, reference.grouped_query_attention(q, k, v, allowed))


def test_forbidden_keys_have_no_influence(submission, rng, expect):
    """What a forbidden key and its value hold changes nothing."""
    q, k, v = draw(rng, 2, 4, 2, 3, 5, 6, 4)
    is_real = rng.mask(2, 1, 1, 5)
    right = reference.grouped_query_attention(q, k, v, is_real)
    padding = ~is_real.mT
    for size in (9.0, 1e30):
        found = submission.grouped_query_attention(
            q, k.masked_fill(padding, size), v.masked_fill(padding, -size), is_real
        )
        compare(expect, found, right)


def test_large_scores(submission, rng, expect):
    """Scores of ±1000 do not overflow, and forbidden ones of this size do not count."""
    q, k, v = draw(rng, 1, 4, 2, 3, 5, 16, 3)
    q, k = (one.sign() * 16 for one in (q, k))
    q[..., 3:], k[..., 3:] = 16.0, 16.0  # 13 · 256 / 4 = 832, plus or minus up to 192
    for mask in (None, rng.mask(3, 5)):
        found = submission.grouped_query_attention(q, k, v, mask)
        compare(expect, found, reference.grouped_query_attention(q, k, v, mask))


def test_by_name_and_in_float64(submission, rng, expect):
    """Arguments may be given by name, and float64 stays float64."""
    q, k, v = draw(rng, 2, 6, 3, 4, 5, 9, 2, torch.float64)
    for mask in (None, rng.mask(4, 5)):
        found = submission.grouped_query_attention(mask=mask, v=v, k=k, q=q)
        compare(expect, found, reference.grouped_query_attention(q, k, v, mask))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
def test_half_precision(submission, rng, expect, dtype):
    """float16 and bfloat16 give results of the same dtype, forbidden pairs and empty rows too."""
    q, k, v = draw(rng, 2, 4, 2, 3, 5, 4, 2, dtype, scale=0.5)
    mask = rng.mask(2, 4, 3, 5)
    mask[1, 0, 2] = False
    right = reference.grouped_query_attention(q.double(), k.double(), v.double(), mask)
    output, weights = submission.grouped_query_attention(q, k, v, mask)
    expect(weights[~mask]).equals(0.0)
    atol = 5e-3 if dtype == torch.float16 else 4e-2
    expect(weights).matches(right[1].to(dtype), atol=atol)
    expect(output).matches(right[0].to(dtype), atol=atol)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Heads that were split off by a transpose count like any others."""
    sizes = ((3, 6), (5, 2), (5, 2))
    q, k, v = (rng.normal(2, n, heads, 4).transpose(1, 2) for n, heads in sizes)
    mask = rng.mask(2, 1, 5, 3).mT | rng.mask(3, 5)
    found = submission.grouped_query_attention(q, k, v, mask)
    compare(expect, found, reference.grouped_query_attention(q, k, v, mask))


@pytest.mark.parametrize(("H", "G"), [(5, 2), (6, 4), (2, 4), (3, 2)])
def test_heads_that_do_not_divide(submission, rng, expect, H, G):
    """Where H is not a multiple of G, that is a ValueError."""
    q, k, v = draw(rng, 1, 2 * G, G, 3, 4, 2, 5)
    found = submission.grouped_query_attention(q, k, v)
    compare(expect, found, reference.grouped_query_attention(q, k, v))
    submission.grouped_query_attention.raises(ValueError, rng.normal(1, H, 3, 2), k, v)


@pytest.mark.points(2)
def test_gradients(submission, rng, expect):
    """Gradients reach q, k and v, finite also where a row allows nothing; a group's add up."""
    q, k, v = draw(rng, 2, 6, 2, 3, 5, 4, 7)
    mask = rng.mask(2, 6, 3, 5)
    mask[1, 4, 2] = False
    for allowed in (None, mask):
        cotangent = rng.normal(2, 6, 3, 7)
        actual = submission.grouped_query_attention.gradients(
            q, k, v, allowed, cotangent=(cotangent, None)
        ).inputs
        leaves = [one.clone().requires_grad_() for one in (q, k, v)]
        output, _ = reference.grouped_query_attention(*leaves, allowed)
        expected = reference.vjp(output, leaves, cotangent)
        for name, gradient, right in zip("qkv", actual[:3], expected, strict=True):
            because = f"This is the gradient of {name}."
            expect(gradient).is_finite(because=because)
            expect(gradient).matches(right, because=because)


def test_arguments_are_left_alone(submission, rng, expect):
    """q, k, v and the mask hold after the call what they held before."""
    q, k, v = draw(rng, 1, 4, 2, 3, 5, 6, 2)
    mask = rng.mask(3, 5)
    empty = mask.clone()
    empty[1] = False
    for before in ((q, k, v), (q, k, v, mask), (q, k, v, empty), (q, q, q)):
        after = submission.grouped_query_attention.inputs_after(*before)
        for name, now, then in zip(("q", "k", "v", "the mask"), after, before, strict=False):
            expect(now).equals(then, because=f"Your call changes {name}.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are averaged alike, however large or small their numbers are."""
    q, k, v = draw(rng, 2, 6, 2, 3, 5, 4, 3)
    output, _ = submission.grouped_query_attention(q, k, size * v)
    because = "This is the output divided by the size of the values."
    expect(output / size).matches(reference.grouped_query_attention(q, k, v)[0], because=because)
