"""Mean pooling: one vector for a sequence, in which padding does not count."""

import torch


def masked_mean_pool(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Average the vectors of the real tokens of each sequence.

    Args:
        x: (B, S, D), of any floating-point dtype (float16 and bfloat16 too). It need not be
            contiguous, and is not changed. Padding may hold any value, also inf and NaN. The sum of
            the real vectors fits into the dtype.
        mask: Boolean, (B, S), True where token s of sequence b is real. Real tokens can stand
            anywhere. It is not changed.

    Returns:
        (B, D), of the dtype of x: the sum over the real tokens, divided by their number. A sequence
        without any real token gives 0. Padding has no influence, and any size may be 1.

    Gradients reach x. They are finite everywhere, and exactly 0 at padding, whatever it holds.

    Source: Reimers and Gurevych 2019, "Sentence-BERT" (mean pooling).

    >>> x = torch.tensor([[[1.0, 4.0], [3.0, 8.0], [9.0, 9.0]]])
    >>> masked_mean_pool(x, torch.tensor([[True, True, False]]))
    tensor([[2., 6.]])
    """
    raise NotImplementedError
