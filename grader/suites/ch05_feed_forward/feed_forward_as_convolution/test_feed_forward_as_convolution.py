"""A feed-forward network as convolutions: the numbers, where they stand, and a run of both."""

import pytest
import torch
import torch.nn.functional as F

import reference


def drawn_weights(rng, D, inner, dtype=torch.float32):
    return rng.normal(inner, D, dtype=dtype), rng.normal(D, inner, dtype=dtype)


def compare(expect, found, weight1, weight2):
    expected = reference.feed_forward_as_convolution(weight1, weight2)
    for got, right, name in zip(found, expected, ("first", "second"), strict=True):
        because = f"These are the weights of the {name} convolution."
        expect(got).equals(right, because=because)


@pytest.mark.points(2)
@pytest.mark.parametrize(
    ("D", "inner"),
    [
        pytest.param(3, 7, id="wider inside"),
        pytest.param(6, 4, id="narrower inside"),
        pytest.param(5, 5, id="as wide inside as outside"),
        pytest.param(1, 4, id="one feature"),
        pytest.param(4, 1, id="one hidden value"),
        pytest.param(1, 1, id="one of each"),
    ],
)
def test_numbers_and_their_places(submission, rng, expect, D, inner):
    """Each weight keeps its numbers, as (out channels, in channels, 1)."""
    weight1, weight2 = drawn_weights(rng, D, inner)
    compare(expect, submission.feed_forward_as_convolution(weight1, weight2), weight1, weight2)


@pytest.mark.points(2)
@pytest.mark.parametrize("inner", [3, 5, 8])
def test_both_compute_the_same(submission, rng, expect, inner):
    """The two convolutions give, for a batch of sequences, what the network gives."""
    weight1, weight2 = drawn_weights(rng, 5, inner)
    x = rng.normal(2, 6, 5)
    first, second = submission.feed_forward_as_convolution(weight2=weight2, weight1=weight1)
    hidden = F.conv1d(x.transpose(1, 2), first).clamp(min=0)
    output = F.conv1d(hidden, second).transpose(1, 2)
    expect(output).matches((x @ weight1.T).clamp(min=0) @ weight2.T)


def test_weights_that_are_not_contiguous(submission, rng, expect):
    """A weight that is the transposed of another tensor counts like any other."""
    for D, inner in ((4, 6), (5, 5)):
        weight1, weight2 = rng.normal(D, inner).T, rng.normal(inner, D).T
        compare(expect, submission.feed_forward_as_convolution(weight1, weight2), weight1, weight2)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16], ids=str)
def test_other_dtypes(submission, rng, expect, dtype):
    """The dtype is kept, and every number to its last bit."""
    weight1, weight2 = drawn_weights(rng, 3, 5, dtype)
    compare(expect, submission.feed_forward_as_convolution(weight1, weight2), weight1, weight2)


def test_gradients(submission, rng, expect):
    """Gradients come back to both weights as they are."""
    weight1, weight2 = drawn_weights(rng, 4, 6)
    d_first, d_second = rng.normal(6, 4, 1), rng.normal(4, 6, 1)
    actual = submission.feed_forward_as_convolution.gradients(
        weight1, weight2, cotangent=(d_first, d_second)
    ).inputs
    expect(actual[0]).matches(d_first[..., 0], because="This is the gradient of weight1.")
    expect(actual[1]).matches(d_second[..., 0], because="This is the gradient of weight2.")


def test_arguments_are_left_alone(submission, rng, expect):
    """Both weights hold after the call what they held before, in the same shape."""
    given = drawn_weights(rng, 3, 5)
    after = submission.feed_forward_as_convolution.inputs_after(*given)
    for got, before, name in zip(after, given, ("weight1", "weight2"), strict=True):
        expect(got).equals(before, because=f"Your call changes {name}.")


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16], ids=str
)
def test_numbers_at_the_ends_of_a_dtype(submission, rng, expect, dtype):
    """The largest and the smallest numbers of a dtype are kept as they are."""
    signs = [weight.sign() for weight in drawn_weights(rng, 3, 4, dtype)]
    for size in (torch.finfo(dtype).max, torch.finfo(dtype).tiny):
        given = [size * sign for sign in signs]
        compare(expect, submission.feed_forward_as_convolution(*given), *given)
