"""Label smoothing: cross-entropy against a target that is not quite certain."""

import torch


def label_smoothing_loss(
    logits: torch.Tensor, targets: torch.Tensor, smoothing: float, ignore_index: int = -100
) -> torch.Tensor:
    """Average the cross-entropy against a smoothed target.

    The smoothed target is a distribution over all V tokens: each of them has ε/V, and the right one
    has 1 − ε in addition. So the share ε is spread over the whole vocabulary, the right token and
    padding included. For a position with probabilities p the loss is −Σ q log p, with q the
    smoothed target; it is a mean over the positions that count.

    torch's own `F.cross_entropy` and `F.nll_loss`, and their modules, are off limits
    here.

    Args:
        logits: (..., V), float32 or float64, with any number of leading dimensions, also none.
            Finite numbers up to 10⁶ in size, 1000 for example. It need not be contiguous, and is
            not changed.
        targets: (...), int64, with the leading dimensions of the logits. Each is from 0 to V − 1,
            or `ignore_index`. It is not changed.
        smoothing: The share ε, 0 ≤ ε ≤ 1. With 0 this is plain cross-entropy; with 1 every token
            is aimed at alike.
        ignore_index: Any whole number. Positions with this target are left out: they count neither
            in the sum nor in the number of terms.

    Returns:
        A scalar (a tensor without dimensions) of the dtype of the logits, in nats. Where no
        position counts it is 0. Gradients reach the logits and are finite. At ignored positions
        they are exactly 0, also where no position counts: `backward` works there, too.

    Raises:
        ValueError: smoothing is below 0 or above 1.

    Source: Szegedy et al. 2016, "Rethinking the Inception Architecture for Computer Vision";
    Vaswani et al. 2017, "Attention Is All You Need", section 5.4, with ε = 0.1.

    >>> logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    >>> label_smoothing_loss(logits, torch.tensor([0, 2]), smoothing=0.0)
    tensor(0.7531)
    >>> label_smoothing_loss(logits, torch.tensor([0, 2]), smoothing=0.3)
    tensor(0.9031)
    >>> label_smoothing_loss(logits, torch.tensor([0, -100]), smoothing=1.0)
    tensor(1.4076)
    """
    raise NotImplementedError
