"""T5's buckets: near and far, one direction and two, other numbers, edges, shapes."""

import math

import pytest
import torch

import reference


def asked(relative, bidirectional=True, n_buckets=32, max_distance=128):
    """`relative` with 0 in place of what the stub does not ask: where rounding decides."""
    n = n_buckets // (4 if bidirectional else 2)
    distance = relative.abs() if bidirectional else (-relative).clamp(min=0)
    exact = n * (distance.clamp(min=1) / n).double().log() / math.log(max_distance / n)
    near_whole = (exact - exact.round()).abs() < 2e-4
    unclear = near_whole & (distance >= n) & (distance < max_distance)
    return torch.where(unclear, 0, relative)


def compare(submission, expect, relative, *setting):
    relative = asked(relative, *setting)
    bucket = submission.relative_position_bucket(relative, *setting)
    expect(bucket).matches(reference.relative_position_bucket(relative, *setting))


def many(rng, reach):
    """All relative positions up to `reach`, in random order, and some beyond."""
    around = rng.permutation(2 * reach + 1) - reach
    return torch.cat([around, rng.integers(-(10**6), 10**6, 20)])


@pytest.mark.points(2)
def test_both_directions(submission, rng, expect):
    """Near distances have a bucket each, far ones share, and each side has its own half."""
    compare(submission, expect, many(rng, 150))


@pytest.mark.points(2)
def test_one_direction(submission, rng, expect):
    """With bidirectional=False all buckets are for the left, and the right is distance 0."""
    compare(submission, expect, many(rng, 150), False)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    "setting",
    [
        pytest.param((True, 8, 20), id="8 buckets, both directions"),
        pytest.param((True, 64, 1000), id="64 buckets, both directions"),
        pytest.param((True, 4, 7), id="4 buckets, both directions"),
        pytest.param((False, 12, 50), id="12 buckets, one direction"),
        pytest.param((False, 64, 200), id="64 buckets, one direction"),
        pytest.param((False, 2, 5), id="2 buckets, one direction"),
    ],
)
def test_other_numbers_of_buckets(submission, rng, expect, setting):
    """The number of buckets and the largest distance may be others."""
    compare(submission, expect, many(rng, 60), *setting)


def test_a_largest_distance_just_beyond_the_near_ones(submission, rng, expect):
    """Where max_distance is n + 1, one far bucket is left over for each side."""
    compare(submission, expect, many(rng, 30), True, 32, 9)
    compare(submission, expect, many(rng, 30), False, 32, 17)


def test_edges(submission, rng, expect, device):
    """The last near distance, the last far one, max_distance, and a thousand million."""
    edges = torch.tensor([0, 1, 7, 9, 15, 17, 127, 128, 129, 10**9], device=device)
    drawn = rng.integers(129, 10**9, 5)
    relative = torch.cat([edges, -edges, drawn, -drawn])
    compare(submission, expect, relative)
    compare(submission, expect, relative, False)


def test_shapes(submission, rng, expect, device):
    """Any shape is kept: a table of all pairs, one number, and a transposed tensor."""
    step = torch.arange(34, device=device)
    for relative in (
        asked(step - step[25:, None]),
        asked(rng.integers(-200, 200)),
        asked(rng.integers(-200, 200, 5, 3)).T,
        asked(rng.integers(-200, 200, 3, 1, 4)),
    ):
        bucket = submission.relative_position_bucket(relative)
        expect(bucket).matches(reference.relative_position_bucket(relative))


def test_arguments_by_name(submission, rng, expect):
    """The arguments have the names of the stub, in any order."""
    relative = asked(rng.integers(-300, 300, 30), False, 24, 90)
    bucket = submission.relative_position_bucket(
        max_distance=90, n_buckets=24, bidirectional=False, relative=relative
    )
    expect(bucket).matches(reference.relative_position_bucket(relative, False, 24, 90))


def test_arguments_are_left_alone(submission, rng, expect):
    """`relative` holds after the call what it held before."""
    for bidirectional in (True, False):
        relative = asked(rng.integers(-300, 300, 20), bidirectional)
        after = submission.relative_position_bucket.inputs_after(relative, bidirectional)[0]
        expect(after).equals(relative, because="Your call changes `relative`.")
