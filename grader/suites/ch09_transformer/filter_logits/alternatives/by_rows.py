"""Row by row and token by token, in Python's floats."""

import math

import torch


def filter_logits(logits, top_k=None, top_p=None, temperature=1.0):
    if temperature <= 0 or (top_k is not None and top_k < 1):
        raise ValueError("temperature and top_k")
    if top_p is not None and not (0 < top_p <= 1):
        raise ValueError("top_p")
    rows = (logits / temperature).reshape(-1, logits.size(-1))
    result = torch.full_like(rows, -math.inf)
    for row, out in zip(rows, result, strict=True):
        numbers = row.double().tolist()
        order = sorted(range(len(numbers)), key=lambda i: -numbers[i])[:top_k]
        total = sum(math.exp(numbers[i] - numbers[order[0]]) for i in order)
        reached = 0.0
        for i in order:
            if top_p is not None and top_p < 1 and reached >= top_p:
                break
            out[i] = row[i]
            reached += math.exp(numbers[i] - numbers[order[0]]) / total
    return result.reshape(logits.shape)
