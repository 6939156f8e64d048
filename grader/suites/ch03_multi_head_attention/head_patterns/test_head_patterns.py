"""Three patterns of a head: which cells they are, over which queries they are averaged."""

import pytest
import torch

import reference

PARTS = ("previous", "current", "first")


def compare(expect, found, weights, **tolerance):
    expected = reference.head_patterns(weights.double())
    for name in PARTS:
        right = getattr(expected, name).to(weights.dtype)
        expect(getattr(found, name)).matches(right, because=f"This is `{name}`.", **tolerance)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("H", "T"),
    [
        pytest.param(3, 5, id="more tokens than heads"),
        pytest.param(4, 4, id="as many tokens as heads"),
        pytest.param(5, 3, id="more heads than tokens"),
        pytest.param(1, 6, id="one head"),
        pytest.param(3, 2, id="two tokens"),
    ],
)
def test_mean_weight_of_each_pattern(submission, rng, expect, H, T):
    """Each pattern is the mean weight on its key, over the queries that have such a key."""
    weights = rng.normal(H, T, T).softmax(-1)
    compare(expect, submission.head_patterns(weights), weights)


def test_causal_heads(submission, rng, expect, device):
    """Heads that see no future are measured in the same way."""
    scores = rng.normal(3, 6, 6)
    weights = reference.masked_softmax(scores, reference.causal_mask(6, device=device))
    compare(expect, submission.head_patterns(weights), weights)


def test_pure_heads(submission, expect, device):
    """A head that always looks back, at itself or at the start has 1 there."""
    T = 5
    keys = torch.arange(T, device=device)
    heads = ((keys - 1).clamp(min=0), keys, torch.zeros_like(keys), (keys + 1).clamp(max=T - 1))
    weights = torch.stack([torch.eye(T, device=device)[head] for head in heads])
    found = submission.head_patterns(weights)
    compare(expect, found, weights)


@pytest.mark.points(2)
@pytest.mark.parametrize("layer", [0, 1])
def test_the_heads_of_a_trained_model(submission, rng, expect, device, layer):
    """The heads of a trained model, while it reads a sentence, show what they specialise in."""
    specimen = reference.load_specimen()
    sentence = specimen.sentence(int(rng.integers(0, 10_000, 1)), 12)
    weights = specimen.attention(sentence)[layer].to(device)  # (H, T, T)
    compare(expect, submission.head_patterns(weights), weights)


def test_rows_are_taken_as_they_are(submission, rng, expect):
    """Rows that do not sum to 1, such as after dropout or of padding, are not normalised."""
    weights = rng.uniform(3, 5, 5, low=0.0, high=2.0)
    weights[1, 2] = 0.0
    compare(expect, submission.head_patterns(weights=weights), weights)


def test_tiny_weights_count(submission, rng, expect):
    """Weights of any size count with their size; none is rounded, and none wins outright."""
    weights = rng.normal(3, 6, 6, scale=8.0, dtype=torch.float64).softmax(-1)
    compare(expect, submission.head_patterns(weights), weights)


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Weights that are not contiguous, such as transposed ones, count like any others."""
    for weights in (rng.uniform(3, 5, 5).mT, rng.uniform(5, 3, 5).transpose(0, 1)):
        compare(expect, submission.head_patterns(weights), weights)


@pytest.mark.parametrize(
    ("dtype", "rounding"),
    [
        pytest.param(torch.float16, 2e-3, id="float16"),
        pytest.param(torch.bfloat16, 2e-2, id="bfloat16"),
    ],
)
def test_half_precision(submission, rng, expect, dtype, rounding):
    """float16 and bfloat16 give results of the same dtype."""
    weights = rng.normal(3, 6, 6).softmax(-1).to(dtype)
    compare(expect, submission.head_patterns(weights), weights, atol=rounding)


def test_a_single_token(submission, rng, expect):
    """With one token there is no key before any query, which is a ValueError; two are enough."""
    weights = rng.normal(3, 2, 2).softmax(-1)
    compare(expect, submission.head_patterns(weights), weights)
    for H in (1, 3):
        submission.head_patterns.raises(ValueError, rng.uniform(H, 1, 1))


def test_weights_are_left_alone(submission, rng, expect):
    """The weights hold after the call what they held before."""
    weights = rng.normal(3, 5, 5).softmax(-1)
    (after,) = submission.head_patterns.inputs_after(weights)
    expect(after).equals(weights)
