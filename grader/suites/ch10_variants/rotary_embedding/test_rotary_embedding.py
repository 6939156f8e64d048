"""Rotary positions: pairs in both layouts, angles, positions of every kind, dtypes, gradients."""

import pytest
import torch

import reference

LAYOUTS = ("half", "interleaved")
layouts = pytest.mark.parametrize("layout", LAYOUTS)


def exactly(x, positions, theta=10_000.0, layout="half"):
    """The result in float64, rounded to the dtype of x once."""
    return reference.rotary_embedding(x.double(), positions, theta, layout).to(x.dtype)


def allowance(positions):
    """How far results may lie apart whose angles were made in float32."""
    return (float(positions.max()) + 1) * 4e-6


@pytest.mark.points(3)
@layouts
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((2, 3, 5, 8), id="heads"),
        pytest.param((4, 4, 4, 4), id="all sizes equal"),
        pytest.param((3, 7, 6), id="a batch of sequences"),
        pytest.param((5, 10), id="no batch"),
        pytest.param((2, 2, 3, 4, 6), id="three leading dimensions"),
        pytest.param((2, 6, 2), id="one pair"),
        pytest.param((1, 2, 1, 4), id="one token"),
        pytest.param((8, 4), id="as many tokens as twice the width"),
    ],
)
def test_pairs_are_turned(submission, rng, expect, device, shape, layout):
    """Position p turns pair i by the angle p · theta^(−2i/d)."""
    x, positions = rng.normal(*shape), torch.arange(shape[-2], device=device) + 1
    found = submission.rotary_embedding(x, positions, 10_000.0, layout)
    expect(found).matches(exactly(x, positions, layout=layout), atol=allowance(positions))


@pytest.mark.points(2)
@layouts
def test_positions_as_they_are(submission, rng, expect, layout):
    """Positions begin anywhere, and may come in any order, or twice."""
    x = rng.normal(2, 5, 6)
    for positions in (rng.integers(0, 60, 5), rng.integers(3, 9, 5), rng.permutation(5)):
        found = submission.rotary_embedding(x, positions, layout=layout)
        expect(found).matches(exactly(x, positions, layout=layout), atol=allowance(positions))


@pytest.mark.points(2)
@layouts
def test_sequences_at_different_places(submission, rng, expect, layout):
    """Each sequence, or each head, may have positions of its own."""
    x = rng.normal(3, 2, 4, 6)
    for shape in ((3, 1, 4), (3, 2, 4), (2, 4), (1, 1, 4)):
        positions = rng.integers(0, 50, *shape)
        found = submission.rotary_embedding(x, positions, layout=layout)
        expect(found).matches(exactly(x, positions, layout=layout), atol=allowance(positions))


@pytest.mark.points(2)
@layouts
@pytest.mark.parametrize("theta", [500_000.0, 100.0, 2.0])
def test_theta(submission, rng, expect, layout, theta):
    """Another theta gives other angles, and the first pair always turns by p radians."""
    x, positions = rng.normal(4, 8), rng.integers(1, 30, 4)
    found = submission.rotary_embedding(x, positions, theta, layout)
    expect(found).matches(exactly(x, positions, theta, layout), atol=allowance(positions))


def test_halves_are_the_default(submission, rng, expect):
    """Without a layout the pairs are in halves, and theta is 10,000; also by name."""
    x, positions = rng.normal(2, 3, 8), rng.integers(1, 40, 3)
    atol = allowance(positions)
    expect(submission.rotary_embedding(x, positions)).matches(exactly(x, positions), atol=atol)
    found = submission.rotary_embedding(layout="interleaved", positions=positions, x=x)
    expect(found).matches(exactly(x, positions, layout="interleaved"), atol=atol)


@pytest.mark.points(2)
@layouts
def test_scores_depend_on_distances(submission, rng, expect, layout):
    """The scores of turned queries and keys stay the same when all positions grow by one number."""
    q, k, positions = rng.normal(2, 5, 8), rng.normal(2, 5, 8), rng.integers(0, 40, 5)

    def scores(positions):
        turned = (submission.rotary_embedding(one, positions, layout=layout) for one in (q, k))
        return torch.matmul(next(turned), next(turned).mT)

    right = (exactly(one, positions, layout=layout) for one in (q, k))
    expected = torch.matmul(next(right), next(right).mT)
    for shift in (0, 1, 17):
        found = scores(positions + shift)
        expect(found).matches(expected, atol=5e-3, because=f"All positions are {shift} higher.")


@layouts
def test_position_0_turns_nothing(submission, rng, expect, device, layout):
    """At position 0 every feature stays; its neighbour at position 1 is turned."""
    x, positions = rng.normal(3, 2, 6), torch.tensor([0, 1], device=device)
    found = submission.rotary_embedding(x, positions, layout=layout)
    expect(found).matches(exactly(x, positions, layout=layout))
    expect(found[:, 0]).equals(x[:, 0])


@layouts
def test_float64(submission, rng, expect, layout):
    """With x in float64 the angles are as exact, also at positions of many thousands."""
    x = rng.normal(2, 4, 6, dtype=torch.float64)
    for high in (50, 10_001):
        positions = rng.integers(high // 2, high, 4)
        found = submission.rotary_embedding(x, positions, layout=layout)
        expect(found).matches(exactly(x, positions, layout=layout))


@layouts
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=["float16", "bfloat16"])
def test_half_precision(submission, rng, expect, dtype, layout):
    """In half precision neighbours at positions above 256 are still turned differently."""
    x = rng.normal(2, 6, 8, scale=0.25, dtype=dtype)
    for low, high in ((1, 30), (257, 270), (1001, 1040)):
        positions = rng.integers(low, high, 6)
        found = submission.rotary_embedding(x, positions, layout=layout)
        atol = 2e-2 if dtype == torch.bfloat16 else 4e-3
        expect(found).matches(exactly(x, positions, layout=layout), atol=atol)


@pytest.mark.points(2)
@layouts
@pytest.mark.parametrize("shape", [(2, 3, 4, 6), (5, 8)], ids=["heads", "no batch"])
def test_gradients(submission, rng, expect, shape, layout):
    """Gradients reach x: they are turned back."""
    x, cotangent = (rng.normal(*shape, dtype=torch.float64) for _ in range(2))
    positions = rng.integers(1, 30, shape[-2])
    actual = submission.rotary_embedding.gradients(
        x, positions, 10_000.0, layout, cotangent=cotangent
    )
    leaf = x.clone().requires_grad_()
    result = reference.rotary_embedding(leaf, positions, layout=layout)
    (expected,) = reference.vjp(result, leaf, cotangent)
    expect(actual.inputs[0]).matches(expected)


@layouts
def test_order_in_memory_makes_no_difference(submission, rng, expect, layout):
    """An x that is not contiguous, such as heads that were split off, counts like any other."""
    for x in (rng.normal(2, 5, 3, 4).transpose(1, 2), rng.normal(2, 6, 5).mT):
        positions = rng.integers(1, 30, x.size(-2))
        found = submission.rotary_embedding(x, positions, layout=layout)
        expect(found).matches(exactly(x, positions, layout=layout), atol=allowance(positions))


@pytest.mark.parametrize("d", [1, 5])
def test_an_odd_width(submission, rng, expect, d):
    """An odd number of features does not divide into pairs: that is a ValueError."""
    positions = rng.integers(1, 9, 3)
    x = rng.normal(3, d + 1)
    for layout in LAYOUTS:
        found = submission.rotary_embedding(x, positions, layout=layout)
        expect(found).matches(exactly(x, positions, layout=layout), atol=allowance(positions))
        submission.rotary_embedding.raises(ValueError, rng.normal(3, d), positions, layout=layout)


@pytest.mark.parametrize("layout", ["halves", "Half", ""])
def test_another_layout(submission, rng, expect, layout):
    """A layout that is neither of the two is a ValueError."""
    x, positions = rng.normal(3, 4), rng.integers(1, 9, 3)
    found = submission.rotary_embedding(x, positions)
    expect(found).matches(exactly(x, positions), atol=allowance(positions))
    submission.rotary_embedding.raises(ValueError, x, positions, layout=layout)


@layouts
def test_arguments_are_left_alone(submission, rng, expect, layout):
    """x and the positions hold after the call what they held before."""
    for x in (rng.normal(2, 3, 6), rng.normal(3, 4, dtype=torch.float64)):
        positions = rng.integers(1, 30, 3)
        after = submission.rotary_embedding.inputs_after(x, positions, 10_000.0, layout)
        expect(after[0]).equals(x, because="Your call changes x.")
        expect(after[1]).equals(positions, because="Your call changes the positions.")


@pytest.mark.parametrize("size", [1e-30, 1e30], ids=str)
def test_vectors_of_any_size(submission, rng, expect, size):
    """Vectors are turned alike, however long or short they are."""
    x, positions = rng.normal(2, 5, 6), rng.integers(0, 60, 5)
    for layout in LAYOUTS:
        found = submission.rotary_embedding(size * x, positions, layout=layout)
        because = "This is the result divided by the size of x."
        expected = exactly(x, positions, layout=layout)
        expect(found / size).matches(expected, atol=allowance(positions), because=because)
