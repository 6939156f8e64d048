"""From the last span to the first, so that no position moves."""

from itertools import pairwise

import torch


def span_corruption(tokens, spans, sentinels):
    n = len(spans)
    if len(sentinels) <= n:
        raise ValueError(f"{n + 1} sentinels are needed, and there are {len(sentinels)}")
    borders = [0, *(b for span in spans for b in span), len(tokens)]
    if any(a > b for a, b in pairwise(borders)) or any(a == b for a, b in spans):
        raise ValueError("spans have to be in order, within the text, and not empty")
    inputs, targets = tokens.tolist(), [sentinels[n]]
    for i in reversed(range(n)):
        start, end = spans[i]
        targets = [sentinels[i], *inputs[start:end], *targets]
        inputs[start:end] = [sentinels[i]]
    return tuple(torch.tensor(x, dtype=torch.int64).to(tokens.device) for x in (inputs, targets))
