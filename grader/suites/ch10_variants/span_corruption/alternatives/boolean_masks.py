"""A sentinel overwrites the first token of its span in a copy; masks pick the rest."""

import torch


def span_corruption(tokens: torch.Tensor, spans, sentinels):
    if len(spans) >= len(sentinels):
        raise ValueError("There are too few sentinels.")
    T = tokens.numel()
    marked, keep, pieces, position = tokens.clone(), torch.ones(T).bool(), [], 0
    for i, (start, end) in enumerate(spans):
        if not (0 <= start < end <= T) or start < position:
            raise ValueError(f"Span {i} does not fit.")
        marked[start] = sentinels[i]
        keep[start + 1 : end] = False
        pieces += [torch.tensor([sentinels[i]], device=tokens.device), tokens[start:end]]
        position = end
    pieces.append(torch.tensor([sentinels[len(spans)]], device=tokens.device))
    return marked[keep.to(tokens.device)], torch.cat(pieces)
