"""Kernel regression: the kernel, the bandwidth, and queries far from every key."""

import pytest
import torch
from torch.autograd.functional import vjp

import reference

NAMES = ("queries", "keys", "values")


def in_double(queries, keys, values, bandwidth):
    """The right estimates in the dtype of the points, rounded once."""
    points = (x.double() for x in (queries, keys, values))
    return reference.kernel_regression(*points, bandwidth).to(queries.dtype)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("n", "m", "bandwidth"),
    [
        pytest.param(5, 5, 0.6, id="as many queries as keys"),
        pytest.param(4, 7, 1.7, id="more keys"),
        pytest.param(6, 3, 0.8, id="more queries"),
        pytest.param(1, 4, 1.2, id="one query"),
        pytest.param(3, 1, 1.2, id="one key"),
    ],
)
def test_estimates_are_kernel_weighted_averages(submission, rng, expect, n, m, bandwidth):
    """An estimate is the average of the values, weighted by a Gaussian of the distance."""
    queries, keys, values = rng.normal(n), rng.normal(m), rng.normal(m, scale=2.0)
    expect(submission.kernel_regression(queries, keys, values, bandwidth)).matches(
        reference.kernel_regression(queries, keys, values, bandwidth)
    )


def test_bandwidth_sets_how_far_a_key_reaches(submission, rng, expect, device):
    """A small bandwidth returns the nearest value, a large one the mean of all."""
    keys = torch.arange(6.0, device=device)[rng.permutation(6)]
    values = rng.normal(6)
    near = submission.kernel_regression(keys[:4], keys, values, 0.125)
    expect(near).matches(values[:4])
    wide = submission.kernel_regression(keys[:4], keys, values, 10000.0)
    expect(wide).matches(values.mean().expand(4))
    # 300 bandwidths of 0.001 between two keys, and points that are a million apart.
    for scale in (0.3, 1e6):
        estimates = submission.kernel_regression(
            scale * keys + scale / 8, scale * keys, values, 1e-3
        )
        expect(estimates).matches(values)


@pytest.mark.points(2)
def test_a_distant_query_gets_an_estimate(submission, rng, expect, device):
    """A query far from every key gets the value of the nearest key, not NaN."""
    keys = torch.arange(5.0, device=device)[rng.permutation(5)]
    values = rng.normal(5)
    queries = torch.tensor([-300.0, 2.0, 500.0], device=device)
    expected = torch.stack([values[keys.argmin()], values[keys == 2][0], values[keys.argmax()]])
    estimates = submission.kernel_regression(queries, keys, values, 0.125)
    expect(estimates).is_finite()
    expect(estimates).matches(expected)
    pair = torch.tensor([-20.0, 20.0], device=device)  # equally near to 0: the mean of the two
    estimate = submission.kernel_regression(0 * queries, pair, values[:2], 1)
    expect(estimate).matches(values[:2].mean().expand(3))


def test_shifting_the_line_changes_nothing(submission, rng, expect):
    """Only distances count: moving queries and keys together changes nothing."""
    queries, keys = rng.normal(4, dtype=torch.float64), rng.normal(6, dtype=torch.float64)
    values = rng.normal(6, dtype=torch.float64)
    expect(
        submission.kernel_regression(
            bandwidth=0.75, values=values, keys=keys + 3, queries=queries + 3
        )
    ).matches(reference.kernel_regression(queries, keys, values, 0.75))
    # Quarters are exact in float32 near 2000, and their squares are not. `cdist` writes the square
    # out from 26 points on.
    years = rng.permutation(12)[:4].float() / 4
    for count in (6, 30):
        keys, values = rng.permutation(2 * count)[:count].float() / 4 + 0.25, rng.normal(count)
        expect(submission.kernel_regression(years + 2000, keys + 2000, values, 0.5)).matches(
            reference.kernel_regression(years, keys, values, 0.5),
            because="All points lie near 2000 here.",
        )


def test_half_precision_stays(submission, rng, expect):
    """float16 and bfloat16 points give estimates of the same dtype."""
    for dtype, rounding in ((torch.float16, 1e-2), (torch.bfloat16, 8e-2)):
        args = [rng.normal(n, dtype=dtype) for n in (4, 6, 6)]
        expect(submission.kernel_regression(*args, 0.8)).matches(
            in_double(*args, 0.8), atol=rounding
        )


def test_float64_keeps_its_precision(submission, rng, expect):
    """float64 inputs give float64 estimates, with all their digits."""
    queries, keys = rng.normal(18, dtype=torch.float64), rng.normal(8, dtype=torch.float64)
    values = rng.normal(8, dtype=torch.float64)
    # With these two, kernels are as small as what may have been added to their sum: 1e-9 and less.
    queries = torch.cat([queries, keys.min()[None] - 0.64, keys.max()[None] + 0.64])
    for bandwidth in (0.1, 0.3, 0.7, 1.3, 2):
        expect(submission.kernel_regression(queries, keys, values, bandwidth)).matches(
            reference.kernel_regression(queries, keys, values, bandwidth)
        )


def test_gradients_reach_all_three(submission, rng, expect, device):
    """Gradients reach the queries, the keys and the values, and are finite far from every key."""
    keys = torch.arange(6.0, device=device)[rng.permutation(6)]
    far = torch.tensor([-300.0, 2.75, 1.5, 500.0], device=device)
    on_a_key = torch.tensor([3.0, 1.5, 0.0, 5.0], device=device)
    for inputs in [
        (rng.normal(4), rng.normal(6), rng.normal(6)),
        (far, keys, rng.normal(6)),
        (on_a_key, keys, rng.normal(6)),
    ]:
        cotangent = rng.normal(4)
        found = submission.kernel_regression.gradients(*inputs, 0.8, cotangent=cotangent).inputs
        expected = vjp(lambda *args: reference.kernel_regression(*args, 0.8), inputs, cotangent)[1]
        for name, gradient, right in zip(NAMES, found, expected, strict=False):
            because = f"This is the gradient of {name}."
            expect(gradient).is_finite(because=because)
            expect(gradient).matches(right, because=because)


def test_arguments_are_left_as_they_were(submission, rng, expect):
    """The queries, the keys and the values are the same afterwards."""
    before = rng.normal(4), rng.normal(6), rng.normal(6)
    after = submission.kernel_regression.inputs_after(*before, 0.8)
    for name, now, then in zip(NAMES, after, before, strict=False):
        expect(now).equals(then, because=f"Your call changes {name}.")
