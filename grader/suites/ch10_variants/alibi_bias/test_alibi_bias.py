"""ALiBi: the slopes for any number of heads, and the distance that they are multiplied by."""

import pytest
import torch

import reference


def right(device, H, T):
    return reference.alibi_bias(H, T, device=device)


@pytest.mark.points(3)
@pytest.mark.parametrize(
    ("H", "T"),
    [
        pytest.param(8, 5, id="eight heads"),
        pytest.param(4, 4, id="as many heads as tokens"),
        pytest.param(16, 3, id="sixteen heads"),
        pytest.param(2, 7, id="two heads"),
        pytest.param(1, 6, id="one head"),
        pytest.param(8, 1, id="one token"),
    ],
)
def test_heads_in_a_power_of_two(submission, expect, device, H, T):
    """Head h of H = 1, 2, 4, 8, … has the slope 2^(−8·h/H), and scores fall with the distance."""
    if T == 1:
        expect(submission.alibi_bias(H, 3)).matches(right(device, H, 3))
    expect(submission.alibi_bias(H, T)).matches(right(device, H, T))


@pytest.mark.points(3)
@pytest.mark.parametrize("H", [3, 5, 6, 7, 12, 20])
def test_other_numbers_of_heads(submission, expect, device, H):
    """The first slopes are those of the next smaller power; the others are every second one."""
    expect(submission.alibi_bias(H, 4)).matches(right(device, H, 4))


def test_sizes_at_random(submission, rng, expect, device):
    """Any number of heads and of tokens; the arguments may be given by name."""
    for _ in range(4):
        H, T = int(rng.integers(2, 30, 1)), int(rng.integers(2, 60, 1))
        expect(submission.alibi_bias(length=T, n_heads=H)).matches(right(device, H, T))


def test_a_long_text(submission, rng, expect, device):
    """Far tokens get a bias as exact as near ones, and no distance is cut off."""
    T = int(rng.integers(130, 160, 1))
    expect(submission.alibi_bias(2, T)).matches(right(device, 2, T))


@pytest.mark.parametrize("H", [4, 6])
def test_left_and_right_alike(submission, expect, device, H):
    """A key to the right has the same bias as one to the left; nothing is masked."""
    bias = submission.alibi_bias(H, 5)
    expect(bias).is_finite()
    expect(bias.mT).matches(right(device, H, 5), because="The test exchanged the two axes.")


def test_it_biases_scores(submission, rng, expect, device):
    """Added to scores that are all equal, it makes near keys weigh more than far ones."""
    T = int(rng.integers(5, 9, 1))
    weights = submission.alibi_bias(4, T).softmax(dim=-1)
    expect(weights).matches(right(device, 4, T).softmax(dim=-1))
    expect(weights.sum(-1)).matches(torch.ones(4, T, device=device))
