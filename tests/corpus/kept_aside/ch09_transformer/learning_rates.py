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
