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
