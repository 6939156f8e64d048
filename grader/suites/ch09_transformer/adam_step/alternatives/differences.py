"""Means moved by a share of the difference; the decay as a term of the update."""


def adam_step(
    parameter, gradient, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0
):
    if not step >= 1:
        raise ValueError("step must be 1 or more")
    new_m = m + (1 - beta1) * (gradient - m)
    new_v = v + (1 - beta2) * (gradient * gradient - v)
    direction = new_m / (1 - beta1**step) / ((new_v / (1 - beta2**step)) ** 0.5 + eps)
    return parameter - lr * (direction + weight_decay * parameter), new_m, new_v
