"""The schedules against PyTorch's and against values worked out by hand."""

import math

import pytest
import torch

from reference.schedules import cosine_learning_rate, noam_learning_rate


def test_noam_values_worked_out_by_hand():
    # d_model = 4 gives the factor ½; warm-up of 100 gives 100^−1½ = 1/1000.
    assert noam_learning_rate(0, 4, 100) == 0
    assert noam_learning_rate(1, 4, 100) == pytest.approx(0.0005)
    assert noam_learning_rate(50, 4, 100) == pytest.approx(0.025)
    assert noam_learning_rate(100, 4, 100) == pytest.approx(0.05)
    assert noam_learning_rate(400, 4, 100) == pytest.approx(0.025)


def test_noam_peaks_exactly_at_the_end_of_warmup():
    rates = [noam_learning_rate(step, 512, 40) for step in range(200)]
    assert max(range(200), key=rates.__getitem__) == 40
    assert rates[40] == pytest.approx((512 * 40) ** -0.5)


def test_cosine_equals_pytorch_after_warmup():
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.3)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40, eta_min=0.01)
    for step in range(10, 50):
        ours = cosine_learning_rate(step, peak=0.3, warmup=10, total=50, minimum=0.01)
        assert ours == pytest.approx(theirs.get_last_lr()[0], rel=1e-6)
        optimizer.step()
        theirs.step()


def test_cosine_rises_linearly_and_rests_at_the_minimum():
    def rate(step):
        return cosine_learning_rate(step, peak=2.0, warmup=4, total=10, minimum=0.5)

    assert [rate(step) for step in range(5)] == [0.0, 0.5, 1.0, 1.5, 2.0]
    assert rate(7) == pytest.approx(1.25)
    assert rate(10) == rate(1000) == 0.5
    assert rate(5) == pytest.approx(0.5 + 0.75 * (1 + math.cos(math.pi / 6)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: noam_learning_rate(-1, 8, 4),
        lambda: noam_learning_rate(1, 8, 0),
        lambda: cosine_learning_rate(-1, 1.0, 1, 2),
        lambda: cosine_learning_rate(1, 1.0, 0, 2),
        lambda: cosine_learning_rate(1, 1.0, 5, 5),
    ],
)
def test_impossible_schedules_are_refused(call):
    with pytest.raises(ValueError):
        call()
