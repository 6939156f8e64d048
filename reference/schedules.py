"""The learning rate over time. Both schedules rise from zero first, for the same reason: Adam's
second moments are estimated from few gradients at the start, and large steps taken on poor
estimates are hard to undo.

Steps count from 1; at step 0 both give 0, so asking before the first update does no harm.
"""

import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    """d_model^−½ · min(step^−½, step · warmup^−1½): a linear rise, then decay as 1/√step.

    "Attention Is All You Need", equation 3, where warmup = 4000. The peak, (d_model · warmup)^−½,
    is at step = warmup. Raises ValueError for a negative step or a warmup below 1.
    """
    _check(step, warmup)
    if step == 0:
        return 0.0
    return float(d_model**-0.5 * min(step**-0.5, step * warmup**-1.5))


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    """A linear rise to `peak` over `warmup` steps, then half a cosine down to `minimum`.

    From step `total` on the rate stays at `minimum` (SGDR, Loshchilov & Hutter 2017, equation 5,
    without restarts). Raises ValueError for a negative step, or unless 1 ≤ warmup < total.
    """
    _check(step, warmup)
    if total <= warmup:
        raise ValueError(f"total ({total}) must exceed warmup ({warmup})")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + 0.5 * (peak - minimum) * (1 + math.cos(math.pi * progress))


def _check(step: int, warmup: int) -> None:
    if step < 0:
        raise ValueError(f"step must not be negative, got {step}")
    if warmup < 1:
        raise ValueError(f"warmup must be at least 1 step, got {warmup}")
