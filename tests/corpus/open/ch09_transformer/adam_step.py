# %% wrong | no-bias-correction | m and v are used without dividing by 1 - beta^t.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    parameter = parameter - lr * weight_decay * parameter - lr * m / (v.sqrt() + eps)
    return parameter, m, v

# %% wrong | hands-on-corrected | Returns the corrected means, where m and v themselves are to be handed on.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m_hat, v_hat

# %% wrong | decay-through-gradient | The decay is added to the gradient (L2), so m, v and the division know of it.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    gradient = gradient + weight_decay * parameter
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% wrong | eps-under-root | eps is added under the root instead of to it.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat + eps).sqrt()
    return parameter, m, v

# %% wrong | betas-crossed | beta1 is used for the squares and beta2 for the gradient.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta2 * m + (1 - beta2) * gradient
    v = beta1 * v + (1 - beta1) * gradient**2
    m_hat = m / (1 - beta2**step)
    v_hat = v / (1 - beta1**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% wrong | changes-arguments | Uses in-place methods on parameter, m and v, none of which may be changed.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m.mul_(beta1).add_(gradient, alpha=1 - beta1)
    v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    with torch.no_grad():
        parameter.mul_(1 - lr * weight_decay).sub_(lr * m_hat / (v_hat.sqrt() + eps))
    return parameter, m, v

# %% wrong | step-zero-allowed | step below 1 raises no ValueError (step 0 even divides by 0).
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% wrong | power-is-one-less | Corrects with beta^(t - 1), so the first step divides by 0.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**(step - 1))
    v_hat = v / (1 - beta2**(step - 1))
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% wrong | decay-after-step | The decay shrinks the new parameter and not the old one.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * m_hat / (v_hat.sqrt() + eps)
    parameter = parameter * (1 - lr * weight_decay)
    return parameter, m, v

# %% wrong | eps-uncorrected | Both corrections are drawn into the learning rate, so eps stands beside the root of v and not of v_hat.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    rate = lr * (1 - beta2**step) ** 0.5 / (1 - beta1**step)
    parameter = parameter - lr * weight_decay * parameter - rate * m / (v.sqrt() + eps)
    return parameter, m, v

# %% right | usual | the six lines of the stub
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% right | clones-in-place | clones, in-place methods and addcdiv, under no_grad
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    with torch.no_grad():
        new_m = m.clone().mul_(beta1).add_(gradient, alpha=1 - beta1)
        new_v = v.clone().mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        denominator = new_v.div(1 - beta2**step).sqrt_().add_(eps)
        new = parameter.clone().mul_(1 - lr * weight_decay)
        new.addcdiv_(new_m, denominator, value=-lr / (1 - beta1**step))
    return new, new_m, new_v

# %% right | lerp | torch.lerp for both means, type hints
import torch


def adam_step(
    parameter: torch.Tensor,
    gradient: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    if step <= 0:
        raise ValueError(f"step must be at least 1, not {step}")
    new_m: torch.Tensor = torch.lerp(gradient, m, beta1)
    new_v: torch.Tensor = torch.lerp(gradient.square(), v, beta2)
    direction = (new_m / (1 - beta1**step)) / ((new_v / (1 - beta2**step)) ** 0.5 + eps)
    return parameter - lr * (weight_decay * parameter + direction), new_m, new_v

# %% right | number-by-number | entries one by one as Python floats
import math

import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    thetas, ms, vs = [], [], []
    entries = zip(*(x.detach().reshape(-1).tolist() for x in (parameter, gradient, m, v)))
    for theta, g, old_m, old_v in entries:
        new_m = beta1 * old_m + (1 - beta1) * g
        new_v = beta2 * old_v + (1 - beta2) * g * g
        m_hat = new_m / (1 - beta1**step)
        v_hat = new_v / (1 - beta2**step)
        thetas.append(theta - lr * weight_decay * theta - lr * m_hat / (math.sqrt(v_hat) + eps))
        ms.append(new_m)
        vs.append(new_v)
    return tuple(parameter.new_tensor(x).reshape(parameter.shape) for x in (thetas, ms, vs))

# %% wrong | x-betas-swapped | β₂ is used for the mean of the gradient and β₁ for that of its square
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be at least 1")
    m = beta2 * m + (1 - beta2) * gradient
    v = beta1 * v + (1 - beta1) * gradient**2
    m_hat = m / (1 - beta2**step)
    v_hat = v / (1 - beta1**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v


# %% wrong | x-uphill | the step is added to the parameter, so it climbs
import torch


def adam_step(
    parameter: torch.Tensor,
    gradient: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    if step < 1:
        raise ValueError("step counts from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient.square()
    update = (m / (1 - beta1**step)) / ((v / (1 - beta2**step)).sqrt() + eps)
    return (1 - lr * weight_decay) * parameter + lr * update, m, v


# %% wrong | x-eps-under-the-root | ε stands under the root, √(v̂ + ε), which makes steps shorter where gradients are small
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be at least 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter * (1 - lr * weight_decay)
    parameter = parameter - lr * m_hat / torch.sqrt(v_hat + eps)
    return parameter, m, v


# %% wrong | x-times-the-step | the corrections are (1 − β)·t, a product, and not 1 − βᵗ, which is the same at step 1 only
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient * gradient
    # after t steps a share (1 - beta) * t of the mean is filled, at most all of it
    m_hat = m / min((1 - beta1) * step, 1)
    v_hat = v / min((1 - beta2) * step, 1)
    new = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat**0.5 + eps)
    return new, m, v


# %% wrong | x-new-one-shrinks | the decay is taken from the parameter after the update and not from the old one
import torch


def adam_step(
    parameter: torch.Tensor,
    gradient: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
):
    if step < 1:
        raise ValueError("The first step is step 1.")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    theta = parameter - lr * m_hat / (v_hat.sqrt() + eps)
    theta = theta - lr * weight_decay * theta
    return theta, m, v


# %% wrong | x-one-step-ahead | the corrections use t + 1, as if steps were counted from 0
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step < 1")
    t = step + 1
    m = m * beta1 + gradient * (1 - beta1)
    v = v * beta2 + gradient**2 * (1 - beta2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return parameter * (1 - lr * weight_decay) - lr * m_hat / (v_hat.sqrt() + eps), m, v


# %% wrong | x-one-size-for-all-entries | v keeps the mean square over all entries of the gradient, not each entry's own
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be 1 or more")
    square = gradient.pow(2).mean()
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * square
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v


# %% wrong | x-arguments-updated | works in place, so the parameter, m and v of the caller are changed
import torch


@torch.no_grad()
def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be 1 or more")
    m.mul_(beta1).add_(gradient, alpha=1 - beta1)
    v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    denominator = (v / (1 - beta2**step)).sqrt_().add_(eps)
    parameter.mul_(1 - lr * weight_decay)
    parameter.addcdiv_(m, denominator, value=-lr / (1 - beta1**step))
    return parameter, m, v
