"""Cross-entropy: the mean surprise of a model at the right tokens."""

import torch


def cross_entropy(
    logits: torch.Tensor, targets: torch.Tensor, ignore_index: int = -100
) -> torch.Tensor:
    """Average −log p over the targets, with p the probability that the model gave each of them.

    p is the softmax of the V logits of a position, taken at the target. Positions whose target is
    `ignore_index` are left out: they count neither in the sum nor in the number of terms.

    torch's own `F.cross_entropy` and `F.nll_loss`, and their modules, are off limits
    here.

    Args:
        logits: (..., V), float32 or float64, with any number of leading dimensions, also none:
            (V), (N, V), (B, T, V) and more. Finite numbers up to 10⁶ in size, 1000 for example. It
            need not be contiguous, and is not changed.
        targets: (...), int64, with the leading dimensions of the logits. Each is from 0 to V − 1,
            or `ignore_index`. It is not changed.
        ignore_index: Any whole number. Outside the vocabulary, as −100 is, it is no token at all.
            Within it, as the token of padding is, that token is not learned.

    Returns:
        A scalar (a tensor without dimensions) of the dtype of the logits, in nats: the sum over
        the positions that count, divided by their number. Where no position counts it is 0.
        Gradients reach the logits and are finite. At ignored positions they are exactly 0, also
        where no position counts: `backward` works there, too.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 5, trains with it.

    >>> logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0], [9.0, 0.0, 0.0]])
    >>> cross_entropy(logits, torch.tensor([0, 2, -100]))
    tensor(0.7531)
    >>> cross_entropy(logits, torch.tensor([-100, 2, -100]))  # ln 3: three equal logits
    tensor(1.0986)
    """
    raise NotImplementedError
