"""The cosine from its end, as a weighted mean of peak and minimum."""

from math import cos, pi


def check(step: int, warmup: int) -> None:
    if not (step >= 0 and warmup >= 1):
        raise ValueError(f"step {step} and warmup {warmup} do not make a schedule")


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    check(step, warmup)
    terms = [step / warmup**1.5]
    if step > 0:
        terms.append(1 / step**0.5)
    return min(terms) / d_model**0.5


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    check(step, warmup)
    if total - warmup < 1:
        raise ValueError("total has to be more than warmup")
    if step <= warmup:
        return peak * (step / warmup)
    left = max(total - step, 0) / (total - warmup)
    share = 0.5 - 0.5 * cos(pi * left)
    return share * peak + (1 - share) * minimum
