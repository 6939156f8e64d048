"""Attention rollout: heads, residual connections, the order of the layers, many of them."""

import pytest
import torch

import reference


def draw_weights(rng, L, B, H, T, dtype=torch.float32):
    """Rows that sum to 1, with a few large weights, so that no two layers or heads are alike."""
    return rng.normal(L, B, H, T, T, scale=2.0, dtype=torch.float64).softmax(-1).to(dtype)


def rollout(weights):
    return reference.attention_rollout(weights.double()).to(weights.dtype)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("L", "B", "H", "T"),
    [
        pytest.param(2, 3, 4, 5, id="four different sizes"),
        pytest.param(3, 2, 4, 5, id="three layers"),
        pytest.param(4, 4, 4, 4, id="all sizes equal"),
        pytest.param(5, 1, 2, 3, id="one sequence, more layers than tokens"),
        pytest.param(2, 2, 1, 6, id="one head"),
    ],
)
def test_shares_along_all_paths(submission, rng, expect, L, B, H, T):
    """The share of an input in an output is summed over all paths through the layers."""
    weights = draw_weights(rng, L, B, H, T)
    expect(submission.attention_rollout(weights)).matches(rollout(weights))


@pytest.mark.points(2)
@pytest.mark.parametrize(("B", "H", "T"), [(2, 3, 4), (3, 1, 5), (1, 2, 3)])
def test_one_layer(submission, rng, expect, B, H, T):
    """Of one layer, half comes from the mean of the heads and half from the token itself."""
    weights = draw_weights(rng, 1, B, H, T)
    expected = (weights[0].mean(1) + torch.eye(T, device=weights.device)) / 2
    expect(submission.attention_rollout(weights=weights)).matches(expected)


@pytest.mark.points(2)
def test_the_first_layer_reads_the_input(submission, rng, expect, device):
    """What a later layer takes from a position is what the earlier ones have brought there."""
    everyone_looks_at = torch.eye(5, device=device)
    for first, last in ((0, 3), (4, 1), (2, 0)):
        layers = [everyone_looks_at[i].expand(2, 3, 5, 5) for i in (first, last)]
        weights = torch.stack(layers)
        expect(submission.attention_rollout(weights)).matches(rollout(weights))


def test_only_the_token_itself(submission, rng, expect, device):
    """Where every token looks at itself alone, outputs come from their own inputs."""
    layer = draw_weights(rng, 1, 2, 3, 4)[0]
    itself = torch.eye(4, device=device).expand(2, 3, 4, 4)
    weights = torch.stack([itself, layer, itself, itself])
    expect(submission.attention_rollout(weights)).matches(rollout(weights))
    weights = itself.expand(3, 2, 3, 4, 4)
    expect(submission.attention_rollout(weights)).matches(itself[:, 0])


@pytest.mark.points(2)
def test_rows_sum_to_one(submission, rng, expect):
    """All shares in an output sum to 1, after any number of layers."""
    for L in (1, 2, 12):
        weights = draw_weights(rng, L, 2, 3, 5)
        found = submission.attention_rollout(weights)
        expect(found).sums_to(1.0, dim=-1)
        expect(found).matches(rollout(weights))


def test_the_future_stays_hidden(submission, rng, expect):
    """Where every layer is causal, no share comes from a later token."""
    scores = rng.normal(3, 2, 4, 5, 5, scale=2.0)
    weights = scores.masked_fill(scores.new_ones(5, 5).triu(1).bool(), -torch.inf).softmax(-1)
    found = submission.attention_rollout(weights)
    expect(found.triu(1)).equals(0.0)
    expect(found).matches(rollout(weights))


def test_a_single_token(submission, rng, expect, device):
    """A sequence of one token comes from that token alone."""
    expect(submission.attention_rollout(torch.ones(2, 3, 4, 1, 1, device=device))).equals(1.0)
    weights = draw_weights(rng, 2, 3, 4, 2)
    expect(submission.attention_rollout(weights)).matches(rollout(weights))


def test_the_heads_of_a_trained_model(submission, expect, device):
    """A trained model's own weights, traced through both of its layers."""
    specimen = reference.load_specimen()
    weights = specimen.attention(specimen.sentence(13, length=9))[:, None].to(device)
    expect(submission.attention_rollout(weights)).matches(rollout(weights))


def test_float64(submission, rng, expect):
    """Weights in float64 give shares in float64."""
    weights = draw_weights(rng, 3, 2, 3, 4, torch.float64)
    expect(submission.attention_rollout(weights)).matches(rollout(weights))


def test_order_in_memory_makes_no_difference(submission, rng, expect):
    """Weights that are not contiguous count like any others."""
    weights = draw_weights(rng, 3, 2, 4, 5).permute(2, 1, 0, 3, 4)
    expect(submission.attention_rollout(weights)).matches(rollout(weights))


def test_weights_are_left_alone(submission, rng, expect):
    """The weights hold after the call what they held before."""
    for L, H in ((3, 2), (1, 1), (2, 1)):
        weights = draw_weights(rng, L, 2, H, 4)
        after = submission.attention_rollout.inputs_after(weights)
        expect(after[0]).equals(weights, because="Your call changes `weights`.")
