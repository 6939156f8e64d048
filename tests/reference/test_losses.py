"""The losses agree with PyTorch's, value and gradient."""

import pytest
import torch
import torch.nn.functional as F

from reference.losses import IGNORE, cross_entropy, label_smoothing_loss, next_token_loss

DTYPES = [torch.float32, torch.float64]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("ignore_index", [IGNORE, 0, 6])
def test_value_and_gradient_equal_pytorch(dtype, smoothing, ignore_index):
    generator = torch.Generator().manual_seed(0)
    logits = (3 * torch.randn(4, 5, 7, generator=generator, dtype=dtype)).requires_grad_()
    targets = torch.randint(7, (4, 5), generator=generator)
    targets[0, :3] = ignore_index
    ours = label_smoothing_loss(logits, targets, smoothing, ignore_index)
    (our_gradient,) = torch.autograd.grad(ours, logits)
    theirs = F.cross_entropy(
        logits.flatten(0, 1),
        targets.flatten(),
        label_smoothing=smoothing,
        ignore_index=ignore_index,
    )
    (their_gradient,) = torch.autograd.grad(theirs, logits)
    torch.testing.assert_close(ours, theirs)
    torch.testing.assert_close(our_gradient, their_gradient)
    assert our_gradient[0, :3].abs().max() == 0


@pytest.mark.parametrize("scale", [1e-3, 1e4])
def test_extreme_logits_stay_finite(scale):
    logits = torch.tensor([[scale, -scale, 0.0]])
    torch.testing.assert_close(
        cross_entropy(logits, torch.tensor([1])), F.cross_entropy(logits, torch.tensor([1]))
    )


def test_an_entirely_ignored_batch_costs_nothing_and_teaches_nothing():
    logits = torch.randn(2, 3, 5, requires_grad=True)
    loss = label_smoothing_loss(logits, torch.full((2, 3), IGNORE), 0.1)
    loss.backward()
    assert loss == 0
    assert logits.grad is not None and (logits.grad == 0).all()


@pytest.mark.parametrize("smoothing", [-0.1, 1.5])
def test_smoothing_outside_the_unit_interval_is_refused(smoothing):
    with pytest.raises(ValueError, match="smoothing"):
        label_smoothing_loss(torch.zeros(1, 2), torch.zeros(1, dtype=torch.long), smoothing)


def test_next_token_loss_judges_each_position_by_the_token_after_it():
    tokens = torch.tensor([[3, 1, 4, 1]])
    sure_of_next = torch.full((1, 4, 5), -50.0)
    for t in range(3):
        sure_of_next[0, t, tokens[0, t + 1]] = 50.0
    assert next_token_loss(sure_of_next, tokens) < 1e-6
    assert cross_entropy(sure_of_next, tokens) > 1  # unshifted, the same logits are wrong


def test_next_token_loss_skips_padding():
    logits = torch.randn(1, 4, 5)
    padded = torch.tensor([[3, 1, 0, 0]])
    expected = cross_entropy(logits[:, :1], padded[:, 1:2])
    torch.testing.assert_close(next_token_loss(logits, padded, ignore_index=0), expected)
