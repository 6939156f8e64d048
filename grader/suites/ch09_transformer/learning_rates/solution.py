"""Learning rates that change with the step: warm up first, then slow down."""

import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    """The schedule of 2017: D^(−1/2) · min(s^(−1/2), s · w^(−3/2)) at step s.

    It rises on a straight line until step w, and falls with 1/√s from then on.

    Args:
        step: The number s of the step. The first update is step 1. At step 0 the rate is 0.
        d_model: Width D of the model, at least 1.
        warmup: Number w of steps in which the rate rises, at least 1.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: step is negative, or warmup is below 1.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 5.3, where w is 4000. It has
    its name from Noam Shazeer, one of the authors.

    >>> [round(noam_learning_rate(s, d_model=4, warmup=4), 6) for s in (0, 1, 4, 16)]
    [0.0, 0.0625, 0.25, 0.125]
    """
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0, and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    """Rise on a straight line to the peak, then come down on half a cosine.

    The rise leads from 0 at step 0 to `peak` at step `warmup`. From there the rate follows half a
    period of a cosine, from `peak` at step `warmup` to `minimum` at step `total`. After `total` it
    stays at `minimum`.

    Args:
        step: The number of the step. The first update is step 1.
        peak: The largest learning rate, above 0.
        warmup: Number of steps in which the rate rises, at least 1.
        total: The step at which the minimum is reached, more than warmup.
        minimum: The rate at the end, from 0 to peak. The rise does not depend on it.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: step is negative, warmup is below 1, or total is not more than warmup.

    Source: Loshchilov and Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", for
    the cosine.

    >>> [round(cosine_learning_rate(s, 0.5, warmup=2, total=10), 6) for s in (0, 1, 2)]
    [0.0, 0.25, 0.5]
    >>> [round(cosine_learning_rate(step, 0.5, 2, 10, minimum=0.1), 6) for step in (4, 6, 10, 99)]
    [0.441421, 0.3, 0.1, 0.1]
    """
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step must be at least 0, warmup at least 1, and total more than warmup")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2
