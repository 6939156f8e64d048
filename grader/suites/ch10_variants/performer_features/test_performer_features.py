"""Positive random features and attention through them: formulas, causality, shapes, gradients."""

import pytest
import torch

import reference


def drawn(rng, T, S, m, d, d_v, leading=(), dtype=torch.float32):
    """q, k, v and directions, with features of common size."""
    q, k, v = (rng.normal(*leading, n, w, dtype=dtype) for n, w in ((T, d), (S, d), (S, d_v)))
    return q, k, v, rng.normal(m, d, dtype=dtype)


def features(x, projection):
    """The formula in float64, in the dtype of x."""
    return reference.performer_features(x.double(), projection.double()).to(x.dtype)


def attention(q, k, v, projection, causal=False):
    """The formula in float64, in the dtype of q."""
    given = (t.double() for t in (q, k, v, projection))
    return reference.performer_attention(*given, causal=causal).to(q.dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("n", "d", "m"),
    [
        pytest.param(5, 3, 4, id="three different sizes"),
        pytest.param(4, 4, 4, id="all sizes equal"),
        pytest.param(3, 6, 2, id="fewer features than dimensions"),
        pytest.param(1, 5, 9, id="one vector"),
        pytest.param(4, 1, 3, id="one dimension"),
        pytest.param(4, 3, 1, id="one direction"),
    ],
)
def test_features(submission, rng, expect, n, d, m):
    """Each feature is exp(w · x − ‖x‖² / 2) / √m."""
    x, projection = rng.normal(2, n, d), rng.normal(m, d)
    expect(submission.performer_features(x, projection)).matches(features(x, projection))


def test_features_of_long_and_short_vectors(submission, rng, expect):
    """Features are as large and as small as the formula says, whatever stands beside them."""
    x, projection = rng.normal(6, 4), rng.normal(5, 4)
    lengths = torch.tensor([0.0, 0.1, 1.0, 2.0, 4.0, 6.0], device=x.device)
    x = x / x.norm(dim=-1, keepdim=True) * lengths[:, None]
    # Each on a scale of its own: the small ones count as well.
    logs = submission.performer_features(x, projection).log()
    expect(logs).matches(features(x.double(), projection).log().float())


def test_only_the_exponent_is_bounded(submission, rng, expect):
    """Where w · x and ‖x‖² / 2 are both near 98 their difference is near 0: nothing overflows."""
    x = 14 * torch.nn.functional.normalize(rng.normal(1, 4), dim=-1)
    projection = torch.cat([0.49 * x, 0.5 * x, 0.505 * x])
    expected = features(x, projection)
    expect(submission.performer_features(x, projection)).matches(expected, rtol=1e-3)


def test_gradients_of_a_vector_of_zeros(submission, rng, expect):
    """Gradients are finite where x is 0."""
    x, projection, cotangent = rng.normal(4, 3), rng.normal(5, 3), rng.normal(4, 5)
    x[1] = 0.0
    leaves = [t.double().requires_grad_() for t in (x, projection)]
    output = reference.performer_features(*leaves)
    expected = reference.vjp(output, leaves, cotangent.double())
    found = submission.performer_features.gradients(x, projection, cotangent=cotangent).inputs
    for name, mine, right in zip(("x", "projection"), found, expected, strict=True):
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


def test_features_of_any_leading_dimensions(submission, rng, expect):
    """Whatever stands before the last axis is kept."""
    projection = rng.normal(4, 3)
    for leading in ((5,), (2, 3, 5), (2, 1, 3, 5), (2, 1, 2, 1, 3)):
        x = rng.normal(*leading, 3)
        expect(submission.performer_features(x, projection)).matches(features(x, projection))


SIZES = [
    pytest.param(5, 7, 4, 3, 6, id="five different sizes"),
    pytest.param(4, 4, 4, 4, 4, id="all sizes equal"),
    pytest.param(3, 6, 9, 2, 1, id="more features than positions"),
    pytest.param(4, 6, 1, 3, 2, id="one direction"),
    pytest.param(1, 5, 3, 4, 2, id="one query"),
    pytest.param(5, 1, 3, 4, 2, id="one key"),
]


@pytest.mark.points(3)
@pytest.mark.parametrize(("T", "S", "m", "d", "d_v"), SIZES)
def test_attention(submission, rng, expect, T, S, m, d, d_v):
    """Each query gets the mean of the values under the weights φ(q) · φ(k)."""
    given = drawn(rng, T, S, m, d, d_v, (2,))
    expect(submission.performer_attention(*given)).matches(attention(*given))


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("T", "m", "d", "d_v"),
    [
        pytest.param(6, 4, 3, 5, id="four different sizes"),
        pytest.param(4, 4, 4, 4, id="all sizes equal"),
        pytest.param(5, 1, 2, 1, id="one direction"),
    ],
)
def test_causal_attention(submission, rng, expect, T, m, d, d_v):
    """With causal=True the sums run up to the position itself."""
    given = drawn(rng, T, T, m, d, d_v, (2,))
    result = submission.performer_attention(*given, causal=True)
    expect(result).matches(attention(*given, causal=True))
    alone = (*(tensor[:, :1] for tensor in given[:3]), given[3])
    expect(submission.performer_attention(*alone, causal=True)).matches(given[2][:, :1])


@pytest.mark.points(2)
def test_the_future_is_hidden(submission, rng, expect):
    """With causal=True, nothing that comes later changes an output."""
    q, k, v, projection = drawn(rng, 7, 7, 5, 3, 4, (2,))
    expected = attention(q, k, v, projection, causal=True)[:, :4]
    k[:, 4:], v[:, 4:] = -k[:, 4:], 50 * v[:, 4:]
    q[:, 4:] = rng.normal(2, 3, 3)
    result = submission.performer_attention(q, k, v, projection, causal=True)
    expect(result).matches(attention(q, k, v, projection, causal=True))
    expect(result[:, :4]).matches(expected, because="What comes later was changed.")


@pytest.mark.parametrize("causal", [False, True], ids=["all positions", "causal"])
@pytest.mark.parametrize("leading", [(), (2, 3), (1, 2, 1, 3)], ids=str)
def test_any_leading_dimensions(submission, rng, expect, causal, leading):
    """Whatever stands before the last two axes is kept, and each part has results of its own."""
    q, k, v, projection = drawn(rng, 5, 5, 4, 3, 2, leading)
    result = submission.performer_attention(causal=causal, projection=projection, v=v, k=k, q=q)
    expect(result).matches(attention(q, k, v, projection, causal))


def test_many_directions_come_near_the_softmax(submission, rng, expect):
    """With many directions the result is close to that of softmax attention."""
    q, k, v, projection = drawn(rng, 4, 5, 4000, 3, 2)
    result = submission.performer_attention(q, k, v, projection)
    expect(result).matches(attention(q, k, v, projection))


def test_float64(submission, rng, expect):
    """float64 stays float64, and as exact: nothing small is added anywhere."""
    for causal in (False, True):
        given = drawn(rng, 6, 6, 4, 3, 5, (2,), torch.float64)
        expect(submission.performer_attention(*given, causal)).matches(attention(*given, causal))
    expect(submission.performer_features(given[0], given[3])).matches(features(given[0], given[3]))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Tensors that are not contiguous, such as transposed ones, count like any others."""
    given = drawn(rng, 5, 5, 4, 3, 2, (2, 3))
    turned = [t.transpose(-2, -1).contiguous().transpose(-2, -1) for t in given]
    for causal in (False, True):
        result = submission.performer_attention(*turned, causal)
        expect(result).matches(attention(*given, causal))


@pytest.mark.points(2)
@pytest.mark.parametrize("causal", [False, True], ids=["all positions", "causal"])
def test_gradients(submission, rng, expect, causal):
    """Gradients reach q, k, v and the directions, and are right."""
    given, cotangent = drawn(rng, 5, 5, 4, 3, 2, (2,)), rng.normal(2, 5, 2)
    leaves = [t.double().requires_grad_() for t in given]
    output = reference.performer_attention(*leaves, causal=causal)
    expected = reference.vjp(output, leaves, cotangent.double())
    call = submission.performer_attention
    found = call.gradients(*given, causal, cotangent=cotangent).inputs
    names = ("q", "k", "v", "projection")
    for name, mine, right in zip(names, found, expected, strict=False):
        expect(mine).matches(right.float(), because=f"This is the gradient of {name}.")


def test_arguments_are_left_alone(submission, rng, expect):
    """The arguments hold after the call what they held before."""
    given = drawn(rng, 5, 5, 4, 3, 2, (2,))
    for causal in (False, True):
        after = submission.performer_attention.inputs_after(*given, causal)
        for name, now, before in zip(("q", "k", "v", "projection"), after, given, strict=False):
            expect(now).equals(before, because=f"Your call changes {name}.")
    after = submission.performer_features.inputs_after(given[0], given[3])
    for name, now, before in zip(("x", "projection"), after, (given[0], given[3]), strict=True):
        expect(now).equals(before, because=f"Your call changes {name}.")


@pytest.mark.points(2)
def test_no_table_of_queries_and_keys(submission, rng, expect):
    """Memory grows with T + S, not with T · S."""
    given = drawn(rng, 1200, 25_000, 6, 4, 3, dtype=torch.float64)  # T · S would take 240 MB
    because = "Sum over the keys first, and no table of T by S is needed."
    expect(submission.performer_attention.cost(*given)).holds_at_most(120, because=because)


@pytest.mark.points(2)
def test_no_table_when_causal(submission, rng, expect):
    """Memory grows with T, not with T · T, when later positions are hidden, too."""
    given = drawn(rng, 5500, 5500, 6, 4, 3, dtype=torch.float64)  # T · T would take 240 MB
    because = "The sums up to each position suffice, and no table of T by T is needed."
    expect(submission.performer_attention.cost(*given, True)).holds_at_most(120, because=because)


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_values_of_any_size(submission, rng, expect, size):
    """Values are averaged alike, however large or small their numbers are."""
    q, k, v, projection = drawn(rng, 5, 5, 4, 3, 2, (2,))
    for causal in (False, True):
        result = submission.performer_attention(q, k, size * v, projection, causal)
        because = "This is the result divided by the size of the values."
        expected = attention(q, k, v, projection, causal)
        expect(result / size).matches(expected, because=because)
