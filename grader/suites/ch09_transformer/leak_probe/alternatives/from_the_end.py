"""From the last token to the first, with allclose, and the previous token of the vocabulary."""

import torch


@torch.no_grad()
def leak_probe(model, tokens):
    before = model(tokens)
    _, T, V = before.shape
    result = torch.full((T, T), False)
    for s in reversed(range(1, T)):
        other = torch.where(torch.arange(T) == s, (tokens - 1) % V, tokens)
        after = model(other)
        for t in range(s):
            if not torch.allclose(after[:, t], before[:, t], rtol=0.0, atol=1e-5):
                result[t, s] = True
    return result
