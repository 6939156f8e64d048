"""Empty kernels, filled one number at a time."""

import torch


def as_kernel(weight):
    outputs, inputs = weight.shape
    kernel = torch.zeros(outputs, inputs, 1, dtype=weight.dtype, device=weight.device)
    for o in range(outputs):
        for i in range(inputs):
            kernel[o, i, 0] = weight[o, i]
    return kernel


def feed_forward_as_convolution(weight1, weight2):
    return as_kernel(weight1), as_kernel(weight2)
