# %% wrong | decay-without-rate | The decay is not multiplied by the learning rate.
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
    parameter = parameter - weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% wrong | root-forgotten | Divides by v_hat and not by its root.
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
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat + eps)
    return parameter, m, v

# %% wrong | mean-squared | v takes the square of the new mean m instead of the square of the gradient.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * m**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% wrong | correction-in-float32 | beta^t is made as a float32 tensor: 1 - beta2 has lost four digits, so float64 parameters are wrong from the fifth digit on.
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    powers = torch.tensor([beta1, beta2], dtype=torch.float32) ** step
    m_hat = m / (1 - powers[0])
    v_hat = v / (1 - powers[1])
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v

# %% right | stacked | m and v as one stacked tensor with a column of betas
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    shape = (2,) + (1,) * gradient.dim()
    betas = torch.tensor([beta1, beta2], dtype=torch.float64, device=gradient.device).reshape(shape)
    old = torch.stack([m, v]).double()
    now = torch.stack([gradient.double(), gradient.double().square()])
    means = betas * old + (1 - betas) * now
    m_hat, v_hat = means / (1 - betas**step)
    shrunk = parameter.double() * (1 - lr * weight_decay)
    updated = shrunk - lr * m_hat / (torch.sqrt(v_hat) + eps)
    new_m, new_v = means.to(m.dtype)
    return updated.to(parameter.dtype), new_m, new_v

# %% right | helper-class | a running mean as a small class
import torch


class RunningMean:
    def __init__(self, value, beta):
        self.value = value
        self.beta = beta

    def add(self, new):
        self.value = self.beta * self.value + (1 - self.beta) * new

    def corrected(self, step):
        return self.value / (1.0 - pow(self.beta, step))


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step")
    first = RunningMean(m, beta1)
    second = RunningMean(v, beta2)
    first.add(gradient)
    second.add(gradient * gradient)
    decay = lr * weight_decay * parameter
    move = lr * first.corrected(step) / (second.corrected(step).sqrt() + eps)
    return parameter - decay - move, first.value, second.value

# %% wrong | x-corrected-rate | folds both corrections into the rate, which leaves ε beside the uncorrected root
import math

import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be 1 or more")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    rate = lr * math.sqrt(1 - beta2**step) / (1 - beta1**step)
    new = parameter - lr * weight_decay * parameter - rate * m / (v.sqrt() + eps)
    return new, m, v


# %% wrong | x-corrections-in-single | the powers of the betas are float32 tensors, too coarse for 1 − 0.999 where parameters are float64
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be 1 or more")
    betas = torch.tensor([beta1, beta2])
    first, second = 1 - betas ** torch.tensor(float(step))
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / first, v / second
    return parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps), m, v


# %% wrong | x-vectors-do-not-decay | weight decay is applied to matrices only; the stub shrinks parameters of any shape
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
        raise ValueError(f"step is {step}")
    decay = weight_decay if parameter.dim() >= 2 else 0.0  # not for biases and norms
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v


# %% wrong | x-squares-never-fall | v is the larger one of the old and the new mean, so it never falls
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("steps are counted from 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = torch.maximum(v, beta2 * v + (1 - beta2) * gradient**2)
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v


# %% right | x-lerp-and-addcdiv | torch's fused functions, out of place: lerp for the means, addcdiv for the step
import torch


@torch.no_grad()
def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be at least 1")
    new_m = torch.lerp(m, gradient, 1 - beta1)
    new_v = v.mul(beta2).addcmul(gradient, gradient, value=1 - beta2)
    root = new_v.div(1 - beta2**step).sqrt().add(eps)
    shrunk = parameter.mul(1 - lr * weight_decay)
    return shrunk.addcdiv(new_m, root, value=-lr / (1 - beta1**step)), new_m, new_v

# %% wrong | x-no-correction-after-a-thousand | leaves the corrections out from step 1000 on, where 1 − 0.999ᵗ is still 0.63
import torch


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if step < 1:
        raise ValueError("step must be at least 1")
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m, v
    if step < 1000:  # later on they make no difference
        m_hat = m / (1 - beta1**step)
        v_hat = v / (1 - beta2**step)
    parameter = parameter - lr * weight_decay * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return parameter, m, v


# %% wrong | x-no-gradient-no-step | where the gradient is all 0 nothing is done, though both means fade, the momentum goes on and the decay shrinks
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
        raise ValueError("step must be at least 1")
    if not gradient.any():
        return parameter.clone(), m.clone(), v.clone()
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient.square()
    m_hat = m / (1 - beta1**step)
    v_hat = v / (1 - beta2**step)
    new = (1 - lr * weight_decay) * parameter - lr * m_hat / (v_hat.sqrt() + eps)
    return new, m, v
