"""Plain lists, a token at a time."""

import torch


def span_corruption(tokens, spans, sentinels):
    text = tokens.tolist()
    if len(sentinels) < len(spans) + 1:
        raise ValueError("more sentinels, please")
    last = 0
    for start, end in spans:
        if start < last or end <= start or end > len(text):
            raise ValueError(f"{start} to {end} cannot be")
        last = end
    starts = {start: i for i, (start, _) in enumerate(spans)}
    inside = {p for start, end in spans for p in range(start, end)}
    inputs, targets = [], []
    for p, token in enumerate(text):
        if p in starts:
            inputs.append(sentinels[starts[p]])
            targets.append(sentinels[starts[p]])
        (targets if p in inside else inputs).append(token)
    targets.append(sentinels[len(spans)])
    kind = {"dtype": tokens.dtype, "device": tokens.device}
    return torch.tensor(inputs, **kind), torch.tensor(targets, **kind)
