"""One piece after the other, the cosine as a squared cosine."""

import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0:
        raise ValueError("step")
    if warmup < 1:
        raise ValueError("warmup")
    peak = 1 / math.sqrt(d_model * warmup)
    if step <= warmup:
        return peak * step / warmup
    return peak * math.sqrt(warmup / step)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0:
        raise ValueError("step")
    if warmup < 1:
        raise ValueError("warmup")
    if warmup >= total:
        raise ValueError("total")
    if step < warmup:
        return step / warmup * peak
    if step >= total:
        return minimum
    return (
        minimum
        + (peak - minimum) * math.cos(0.5 * math.pi * (step - warmup) / (total - warmup)) ** 2
    )
