"""Products of all pairs, summed over the inputs in float64."""


def per_head_projection(x, w):
    pairs = x.double()[:, None, :, :, None] * w.double()[None, :, None, :, :]
    return pairs.sum(dim=3).to(x.dtype)
