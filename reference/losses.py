"""How wrong the predictions were: cross-entropy, smoothed cross-entropy, and next-token loss.

Every objective in this library is one of these. A masked-LM or span-corruption objective is
`cross_entropy` on labels that say `IGNORE` wherever nothing is to be predicted.
"""

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

IGNORE = -100  # the label that PyTorch and `transformers` also skip


def cross_entropy(
    logits: Float[Tensor, "*batch vocab"],
    targets: Int[Tensor, "*batch"],
    ignore_index: int = IGNORE,
) -> Float[Tensor, ""]:
    """Mean negative log-likelihood of the targets, in nats per kept target.

    Positions whose target is `ignore_index` count neither above nor below the fraction bar. Where
    all are ignored there is nothing to learn and the loss is 0 (`F.cross_entropy` gives NaN, which
    would ruin a training run over one empty batch).
    """
    return label_smoothing_loss(logits, targets, 0.0, ignore_index)


def label_smoothing_loss(
    logits: Float[Tensor, "*batch vocab"],
    targets: Int[Tensor, "*batch"],
    smoothing: float,
    ignore_index: int = IGNORE,
) -> Float[Tensor, ""]:
    """Cross-entropy against (1 − ε)·one-hot + ε/V, the mass ε spread over *all* V classes.

    As `F.cross_entropy(..., label_smoothing=ε)`; "Attention Is All You Need", section 5.4, with
    ε = 0.1. Raises ValueError where ε lies outside [0, 1].
    """
    if not 0.0 <= smoothing <= 1.0:
        raise ValueError(f"smoothing must lie between 0 and 1, not {smoothing}")
    kept = targets != ignore_index
    log_probs = logits.log_softmax(-1)
    # An ignored label is no valid index; 0 stands in for it until the mask removes the term.
    indices = targets.masked_fill(~kept, 0).unsqueeze(-1)  # (..., 1)
    losses = -log_probs.gather(-1, indices).squeeze(-1)  # (...)
    if smoothing > 0:
        losses = (1 - smoothing) * losses - smoothing * log_probs.mean(-1)
    return losses.masked_fill(~kept, 0.0).sum() / kept.sum().clamp(min=1)


def next_token_loss(
    logits: Float[Tensor, "batch length vocab"],
    tokens: Int[Tensor, "batch length"],
    ignore_index: int = IGNORE,
) -> Float[Tensor, ""]:
    """The causal language model's objective: the logits at position t are judged by token t + 1.

    The last position predicts a token that was not given, so its label is `ignore_index`. To cut it
    off the logits instead would copy them, the largest tensor of all, on the way back.
    """
    return cross_entropy(logits, F.pad(tokens[:, 1:], (0, 1), value=ignore_index), ignore_index)
