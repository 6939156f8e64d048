"""The training loop: everything of this chapter, put together."""

from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import nn


def train(
    model: nn.Module,
    batches: Iterable[tuple[torch.Tensor, torch.Tensor]],
    learning_rate: Callable[[int], float],
    bos_id: int,
    pad_id: int,
    smoothing: float = 0.1,
    max_norm: float = 1.0,
) -> list[float]:
    """Let a model from source and target tokens to logits learn, one update for each batch.

    Update s, counted from 1, takes batch number s and does this:

    * The model reads the source and, by teacher forcing, the target shifted right (`bos_id` first,
      the last token left out). It is in training mode.
    * The loss is label-smoothed cross-entropy of its logits against the target, a mean over the
      target tokens that are not padding. The share `smoothing` is spread over all V tokens.
    * The gradients are those of this loss alone. What the parameters hold as gradients from before
      the call, or from another batch, does not count.
    * All gradients together are clipped to the norm `max_norm`.
    * Each parameter that has a gradient takes a step of Adam with the learning rate
      `learning_rate(s)`, β₁ = 0.9, β₂ = 0.98, ε = 1e-9, and without weight decay. Adam's running
      means begin at 0 with each call of `train`. A parameter with requires_grad=False, or one that
      the model does not use, stays as it is. One that only some of the batches use may go on in
      the others, by its momentum, or rest: a gradient of 0 and none are alike here.

    Everything of torch is allowed, `torch.optim.Adam`, `F.cross_entropy` and
    `nn.utils.clip_grad_norm_` too. So are your own functions of this chapter, by import, for
    example `from shift_right import shift_right`. Here the point is the loop.

    Args:
        model: `model(src, tgt)` gives logits (B, T, V) for src (B, S) and tgt (B, T), as your
            `Transformer` does. Its parameters change in place. It may be in evaluation mode at
            first. In which mode it is afterwards, and which gradients its parameters then hold, is
            up to you.
        batches: Pairs (src, target) of int64 tensors, (B, S) and (B, T), which are not changed. The
            target is not shifted yet, ends with EOS, and is filled up with padding. Each has at
            least one token that is not padding. S, T and B may differ from pair to pair. A list or
            any other iterable, such as a generator, which can be gone through only once.
        learning_rate: From the number of an update to its learning rate.
        bos_id: The token that begins what the decoder reads.
        pad_id: The token that fills up. Nothing is learned where the target is padding.
        smoothing: The share ε of label smoothing, 0 ≤ ε ≤ 1.
        max_norm: The longest that all gradients may be together, above 0.

    Returns:
        The losses, one float for each batch: in nats per token, as the model was before the update.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 5.

    >>> class Bigram(nn.Module):  # looks at the token before alone
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.table = nn.Embedding.from_pretrained(torch.zeros(4, 4), freeze=False)
    ...     def forward(self, src, tgt):
    ...         return self.table(tgt)
    >>> src, target = torch.tensor([[3]]), torch.tensor([[3, 2]])
    >>> batches = [(src, target)] * 3
    >>> losses = train(Bigram(), batches, lambda s: 0.5, bos_id=1, pad_id=0, smoothing=0.0)
    >>> [round(loss, 4) for loss in losses]  # ln 4 at first: four equal logits
    [1.3863, 0.7437, 0.3474]
    """
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98), eps=1e-9)
    model.train()
    losses = []
    for step, (src, target) in enumerate(batches, start=1):
        shifted = torch.full_like(target, bos_id)
        shifted[:, 1:] = target[:, :-1]
        optimizer.zero_grad()
        logits = model(src, shifted)
        loss = F.cross_entropy(
            logits.flatten(0, 1),
            target.flatten(),
            ignore_index=pad_id,
            label_smoothing=smoothing,
        )
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step)
        optimizer.step()
        losses.append(loss.item())
    return losses
