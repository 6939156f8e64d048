"""Temperature, top-k and top-p: which tokens may be sampled."""

import math

import torch


def filter_logits(
    logits: torch.Tensor,
    top_k: int | None = None,
    top_p: float | None = None,
    temperature: float = 1.0,
) -> torch.Tensor:
    """Reshape the distribution of the next token before it is sampled from.

    Three steps, in this order, each row for itself:

    1. Every logit is divided by `temperature`.
    2. With `top_k`, only the k largest logits stay. Where k is V or more, all stay.
    3. With `top_p`, take the softmax of what is left, so that the tokens that stayed share all the
       probability. Sort them by it, the most probable first. The fewest of them whose probabilities
       sum to at least p stay. So the token with which the sum reaches p stays as well, and at least
       one token always does. With p = 1 every token that is left stays.

    What stays keeps its logit, divided by the temperature. Everything else becomes −inf.

    Args:
        logits: (..., V), float32 or float64, with any number of leading dimensions, none too.
            Entries may be −inf, which stay so; at least one in each row is finite. It need not be
            contiguous, and is not changed.
        top_k: How many logits may stay, or None for all.
        top_p: Which probability has to be reached, or None for no such limit.
        temperature: Below 1 makes the distribution sharper, above 1 flatter.

    Returns:
        (..., V), of the same dtype, with the tokens in the places where they were. It need not be
        differentiable. You may rely on there being no ties, and on no sum of probabilities coming
        within 1e-4 of a p below 1.

    Raises:
        ValueError: temperature is not above 0, top_k is below 1, or top_p is not in 0 < p ≤ 1.

    Source: Fan et al. 2018, "Hierarchical Neural Story Generation" (top-k); Holtzman et al. 2020,
    "The Curious Case of Neural Text Degeneration" (top-p).

    >>> logits = torch.tensor([0.1, 0.4, 0.2, 0.3]).log()
    >>> filter_logits(logits, top_k=2).softmax(dim=-1)
    tensor([0.0000, 0.5714, 0.0000, 0.4286])
    >>> filter_logits(logits, top_p=0.8).softmax(dim=-1)
    tensor([0.0000, 0.4444, 0.2222, 0.3333])
    """
    if temperature <= 0:
        raise ValueError("The temperature must be above 0.")
    if top_k is not None and top_k < 1:
        raise ValueError("top_k must be at least 1.")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError("top_p must be above 0 and at most 1.")
    logits = logits / temperature
    if top_k is not None and top_k < logits.size(-1):
        smallest = logits.topk(top_k, dim=-1).values[..., -1:]
        logits = logits.masked_fill(logits < smallest, -math.inf)
    if top_p is not None and top_p < 1:
        probs, order = logits.softmax(dim=-1).sort(dim=-1, descending=True)
        before = probs.cumsum(dim=-1) - probs
        out = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, before >= top_p)
        logits = logits.masked_fill(out, -math.inf)
    return logits
