"""A column for each token, stacked; a token becomes 0, or 1 where it was 0."""

import torch


def leak_probe(model, tokens):
    logits = model(tokens).double()
    columns = []
    for s in range(tokens.size(1)):
        left, here, right = tokens[:, :s], tokens[:, s : s + 1], tokens[:, s + 1 :]
        changed = torch.cat([left, (here == 0).to(tokens.dtype), right], dim=1)
        largest = (model(changed).double() - logits).abs().flatten(2).max(dim=2).values
        columns.append((largest > 5e-6).sum(dim=0) > 0)
    return torch.stack(columns, dim=1).triu(diagonal=1)
