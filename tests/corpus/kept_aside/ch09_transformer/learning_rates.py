# %% wrong | warmup-power-half | noam multiplies s by w^(-1/2) and not by w^(-3/2), so the two pieces do not meet at step w.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-0.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | straight-down | From the peak the rate falls on a straight line and not on half a cosine.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 - progress)

# %% wrong | zero-after-the-end | After total the rate is 0 instead of the minimum.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    if step > total:
        return 0.0
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | whole-steps | Floor division makes a staircase of the rise: it is 0 until the peak.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * (step // warmup)
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% right | interpolated | a common linear mix, complex exponential for the cosine
import cmath
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup <= 0:
        raise ValueError("bad step or warmup")
    candidates = [step * math.pow(warmup, -1.5)]
    if step > 0:
        candidates.append(math.pow(step, -0.5))
    return math.pow(d_model, -0.5) * min(candidates)


def mix(a, b, share):
    return (1 - share) * a + share * b


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup <= 0 or warmup >= total:
        raise ValueError("bad step, warmup or total")
    if step < warmup:
        return mix(0.0, peak, step / warmup)
    way = min(1.0, (step - warmup) / (total - warmup))
    return mix(minimum, peak, (1 + cmath.exp(1j * math.pi * way).real) / 2)

# %% right | logs-and-sine | exp of logarithms, and a sine that is shifted
import math


def noam_learning_rate(step, d_model, warmup):
    """min of two logarithms, then exp."""
    if step < 0:
        raise ValueError("negative step")
    elif warmup < 1:
        raise ValueError("no warm-up")
    elif step == 0:
        return 0.0
    log_step = math.log(step)
    log_rate = min(-0.5 * log_step, log_step - 1.5 * math.log(warmup))
    return math.exp(log_rate - 0.5 * math.log(d_model))


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0:
        raise ValueError("negative step")
    elif warmup < 1:
        raise ValueError("no warm-up")
    elif total - warmup <= 0:
        raise ValueError("no room for the cosine")
    if step in range(warmup):
        return peak / warmup * step
    remaining = max(total - step, 0) / (total - warmup)  # 1 at the peak, 0 at the end
    return minimum + (peak - minimum) * (1 - math.sin(math.pi * (0.5 - remaining))) / 2

# %% wrong | x-rounded-for-the-log | rounds every rate to six places, which small rates do not survive
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError("step or warmup out of range")
    if step == 0:
        return 0.0
    return round(d_model**-0.5 * min(step**-0.5, step * warmup**-1.5), 6)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total out of range")
    if step < warmup:
        return round(peak * step / warmup, 6)
    progress = min((step - warmup) / (total - warmup), 1)
    return round(minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2, 6)


# %% wrong | x-tensors-handed-back | returns tensors without dimensions, where a float is asked for
import math

import torch


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step is negative, or warmup is below 1")
    s = torch.tensor(float(step), dtype=torch.float64)
    return d_model**-0.5 * torch.minimum(s**-0.5, s * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step is negative, warmup is below 1, or total is not above warmup")
    s = torch.tensor(float(step), dtype=torch.float64)
    rise = peak * s / warmup
    progress = ((s - warmup) / (total - warmup)).clamp(0, 1)
    fall = minimum + (peak - minimum) * (1 + torch.cos(math.pi * progress)) / 2
    return torch.where(s < warmup, rise, fall)


# %% wrong | x-counted-from-zero | every rate is that of the next step, as if the first update were step 0
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0:
        raise ValueError("step must not be negative")
    if warmup < 1:
        raise ValueError("warmup must be at least 1")
    s = step + 1
    return d_model**-0.5 * min(s**-0.5, s * warmup**-1.5)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < 0:
        raise ValueError("step must not be negative")
    if warmup < 1 or total <= warmup:
        raise ValueError("warmup must be at least 1, total more than that")
    s = step + 1
    if s <= warmup:
        return peak * s / warmup
    progress = min(1.0, (s - warmup) / (total - warmup))
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2


# %% wrong | x-checked-where-it-is-used | the cosine checks total only behind the warm-up, and a negative step not at all
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError("step or warmup")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if warmup < 1:
        raise ValueError("warmup")
    if step <= warmup:
        return peak * step / warmup
    if total <= warmup:
        raise ValueError("total")
    progress = min((step - warmup) / (total - warmup), 1)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2


# %% right | x-one-product-each | the minimum is drawn out of the first formula, and the half cosine is a squared cosine of half the angle
import math


def _check(step, warmup):
    if step < 0:
        raise ValueError("a step cannot be negative")
    if warmup < 1:
        raise ValueError("the warm-up has at least one step")


def noam_learning_rate(step, d_model, warmup):
    _check(step, warmup)
    # D^-1/2 max(s, w)^-1/2 min(s / w, 1): the same, and defined at step 0
    return min(step / warmup, 1.0) / math.sqrt(d_model * max(step, warmup))


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    _check(step, warmup)
    if not total > warmup:
        raise ValueError("the end must come after the warm-up")
    if step >= total:
        return float(minimum)
    if step <= warmup:
        return float(peak) * (step / warmup)
    half_angle = math.pi / 2 * (step - warmup) / (total - warmup)
    return minimum + (peak - minimum) * math.cos(half_angle) ** 2

# %% wrong | x-last-step-before-total | the minimum is reached at step total − 1, as if steps were counted from 0
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step <= warmup:
        return peak * step / warmup
    decay = max(total - 1 - warmup, 1)
    progress = min((step - warmup) / decay, 1.0)
    return minimum + 0.5 * (peak - minimum) * (1.0 + math.cos(math.pi * progress))


# %% wrong | x-zero-refused | step 0 raises ValueError, though the rate there is 0
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 1:
        raise ValueError("steps are counted from 1")
    if warmup < 1:
        raise ValueError("warmup must be at least 1")
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 1:
        raise ValueError("steps are counted from 1")
    if warmup < 1:
        raise ValueError("warmup must be at least 1")
    if total <= warmup:
        raise ValueError("total must be more than warmup")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2
