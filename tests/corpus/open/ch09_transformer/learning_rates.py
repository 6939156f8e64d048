# %% wrong | larger-of-two | noam takes the maximum of the two terms where the minimum is asked for.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * max(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | step-zero-crashes | noam raises ZeroDivisionError at step 0, where the rate is 0.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | width-forgotten | noam leaves D^(-1/2) out.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | whole-wave | The cosine runs over a whole period, so the rate is back at the peak at step total.
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
    return minimum + (peak - minimum) * (1 + math.cos(2 * math.pi * progress)) / 2

# %% wrong | comes-back-after-total | Progress is not limited to 1, so the rate rises again after total.
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
    progress = (step - warmup) / (total - warmup)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | share-of-total | Progress is step / total, which is not 0 at the end of the warm-up: the rate jumps down from the peak there.
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
    progress = min(step / total, 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | rise-from-minimum | The rise begins at the minimum, but it leads from 0 and does not depend on it.
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
        return minimum + (peak - minimum) * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | counted-from-zero | Both rises use step + 1, as for steps counted from 0; the first update is step 1 and step 0 has rate 0.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    step = step + 1
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | equal-passes | total equal to warmup raises no ValueError but divides by 0 or returns something.
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0 and warmup at least 1")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total < warmup:
        raise ValueError("step, warmup or total is out of range")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% wrong | floor-at-minimum | The cosine comes down to 0 and is cut off at the minimum instead of going from peak to minimum.
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
    return max(minimum, peak * (1 + math.cos(math.pi * progress)) / 2)

# %% right | usual | the formulas as they stand
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
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2

# %% right | cases-and-roots | if and else, math.sqrt, cosine squared of half the angle
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0:
        raise ValueError("step must not be negative")
    if warmup < 1:
        raise ValueError("warmup must be at least 1")
    if step <= warmup:
        factor = step / (warmup * math.sqrt(warmup))
    else:
        factor = 1 / math.sqrt(step)
    return factor / math.sqrt(d_model)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < 0:
        raise ValueError("step must not be negative")
    if warmup < 1:
        raise ValueError("warmup must be at least 1")
    if total <= warmup:
        raise ValueError("total must be more than warmup")
    if step <= warmup:
        return peak * (step / warmup)
    if step >= total:
        return float(minimum)
    angle = math.pi * (step - warmup) / (total - warmup)
    share = math.cos(angle / 2) ** 2
    return minimum * (1 - share) + peak * share

# %% right | peak-times-shape | noam as its peak times min(s/w, sqrt(w/s)); the end is clamped by the step
import math


def noam_learning_rate(step, d_model, warmup):
    if not (step >= 0 and warmup >= 1):
        raise ValueError(f"step {step}, warmup {warmup}")
    top = (d_model * warmup) ** -0.5
    shape = step / warmup
    if shape > 1:
        shape = shape**-0.5
    return top * shape


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if not (step >= 0 and warmup >= 1 and total > warmup):
        raise ValueError(f"step {step}, warmup {warmup}, total {total}")
    rise = peak * min(step, warmup) / warmup
    step = max(min(step, total), warmup)
    drop = 0.5 * (1 - math.cos((step - warmup) * math.pi / (total - warmup)))
    return rise - (peak - minimum) * drop if step > warmup else rise

# %% right | helper | one function checks both, a conditional expression each
import math


def check(step, warmup):
    if step < 0:
        raise ValueError("a step is never negative")
    if warmup < 1:
        raise ValueError("there is at least one step of warm-up")


def noam_learning_rate(step, d_model, warmup):
    check(step, warmup)
    s, w = float(step), float(warmup)
    return 0.0 if s == 0 else min(1 / math.sqrt(s), s / w**1.5) / math.sqrt(d_model)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    check(step, warmup)
    if not warmup < total:
        raise ValueError("total must lie behind the warm-up")
    done = (step - warmup) / (total - warmup)
    if done < 0:
        return step / warmup * peak
    middle, half = (peak + minimum) / 2, (peak - minimum) / 2
    return middle + half * math.cos(math.pi * done) if done < 1 else float(minimum)

# %% wrong | x-root-of-width-on-top | multiplies by √D, where it should divide by it
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError("step must be at least 0, warmup at least 1")
    if step == 0:
        return 0.0
    return math.sqrt(d_model) * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("bad step, warmup or total")
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2


# %% wrong | x-step-zero-as-one | step 0 is taken for step 1, so the rate there is not 0
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0:
        raise ValueError("step is negative")
    if warmup < 1:
        raise ValueError("warmup is below 1")
    step = max(step, 1)  # 0 ** -0.5 is an error
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0:
        raise ValueError("step is negative")
    if warmup < 1:
        raise ValueError("warmup is below 1")
    if total <= warmup:
        raise ValueError("total must be more than warmup")
    step = max(step, 1)
    if step < warmup:
        return peak * step / warmup
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + 0.5 * (peak - minimum) * (1 + math.cos(math.pi * progress))


# %% wrong | x-share-of-all-steps | the cosine's progress is step / total, so at the end of the warm-up it is already below the peak
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError
    if step < warmup:
        return peak * step / warmup
    if step > total:
        return minimum
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * step / total)) / 2


# %% wrong | x-rise-from-the-minimum | the warm-up starts at the minimum and not at 0
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError(f"step {step}, warmup {warmup}")
    return 0.0 if step == 0 else d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError(f"step {step}, warmup {warmup}, total {total}")
    if step < warmup:
        return minimum + (peak - minimum) * step / warmup
    share = min(1.0, (step - warmup) / (total - warmup))
    return minimum + (peak - minimum) * (1.0 + math.cos(math.pi * share)) / 2.0


# %% wrong | x-minimum-as-a-floor | the cosine falls to 0 and is cut off at the minimum, in place of reaching it at step total
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step and warmup")
    if step == 0:
        return 0.0
    return 1 / math.sqrt(d_model) * min(1 / math.sqrt(step), step / warmup**1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step, warmup and total")
    if step <= warmup:
        return peak * step / warmup
    done = min((step - warmup) / (total - warmup), 1)
    return max(minimum, peak * (1 + math.cos(math.pi * done)) / 2)


# %% wrong | x-nothing-after-the-end | after total the rate is 0 and not the minimum
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError("out of range")
    if step == 0:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(
    step: int, peak: float, warmup: int, total: int, minimum: float = 0.0
) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("out of range")
    if step < warmup:
        return peak * step / warmup
    if step > total:
        return 0.0
    progress = (step - warmup) / (total - warmup)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2


# %% wrong | x-total-may-equal-warmup | total equal to warmup raises no ValueError
import math


def noam_learning_rate(step, d_model, warmup):
    if step < 0 or warmup < 1:
        raise ValueError("step below 0 or warmup below 1")
    if not step:
        return 0.0
    return d_model**-0.5 * min(step**-0.5, step * warmup**-1.5)


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0):
    if step < 0 or warmup < 1 or total < warmup:
        raise ValueError("step below 0, warmup below 1 or total below warmup")
    if step < warmup:
        return peak * step / warmup
    if step >= total:
        return float(minimum)
    progress = (step - warmup) / (total - warmup)
    return minimum + (peak - minimum) * (1 + math.cos(math.pi * progress)) / 2


# %% wrong | x-quarter-period | the rate follows a quarter of the cosine's period, from 1 to 0, and not a half
import math


def noam_learning_rate(step: int, d_model: int, warmup: int) -> float:
    if step < 0 or warmup < 1:
        raise ValueError("step below 0 or warmup below 1")
    if step == 0:
        return 0.0
    return (d_model**-0.5) * min(step ** (-0.5), step * warmup ** (-1.5))


def cosine_learning_rate(step, peak, warmup, total, minimum=0.0) -> float:
    if step < 0 or warmup < 1 or total <= warmup:
        raise ValueError("step below 0, warmup below 1 or total not above warmup")
    if step <= warmup:
        return peak * (step / warmup)
    progress = min((step - warmup) / (total - warmup), 1.0)
    return minimum + (peak - minimum) * math.cos(math.pi / 2 * progress)
