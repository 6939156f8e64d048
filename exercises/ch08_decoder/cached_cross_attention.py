"""Cross-attention for decoding: the memory's keys and values are computed once.

While a translation grows word by word, its source stays the same. So project_memory makes the keys
and values of the source once, and every step calls cached_cross_attention with them.
"""

import math

import torch
import torch.nn.functional as F


def project_memory(
    memory: torch.Tensor, w_k: torch.Tensor, w_v: torch.Tensor, n_heads: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make the keys and values of a memory, for every head.

    Keys are memory W_kᵀ and values are memory W_vᵀ. Head h takes the features h·d to
    (h + 1)·d − 1 of each, with d = D / n_heads.

    In both functions of this file the floating-point tensors share one dtype (float16
    and bfloat16 are possible), which the result has as well; they need not be
    contiguous, and no argument is changed. Gradients reach all of them, and are finite
    also where the mask allows nothing.

    Args:
        memory: (B, S, D), the encoder's output.
        w_k, w_v: (D, D), stored (outputs, inputs) as in nn.Linear. There are no biases.
        n_heads: Number H of heads, at least 1.

    Returns:
        k and v, both (B, H, S, d). They are new tensors: whatever happens to the memory or the
        weights later makes no difference to them.

    Raises:
        ValueError: D is not a multiple of n_heads.

    >>> memory = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]])
    >>> k, v = project_memory(memory, torch.eye(2), 10 * torch.eye(2), n_heads=2)
    >>> k.shape
    torch.Size([1, 2, 3, 1])
    >>> v.flatten()
    tensor([10., 30., 50., 20., 40., 60.])
    """
    raise NotImplementedError


def cached_cross_attention(
    x: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    w_q: torch.Tensor,
    w_o: torch.Tensor,
    memory_mask: torch.Tensor | None = None,
) -> torch.Tensor:
    """Let target tokens attend to the keys and values that project_memory has made.

    Queries are x W_qᵀ, cut into as many heads as k has, as in project_memory. Every head computes
    softmax(q kᵀ / √d) v. The results stand side by side again, head 0 first, and are multiplied by
    W_oᵀ. So the result is that of multi-head attention from x to the memory.

    You may call `F.scaled_dot_product_attention`; torch's own multi-head attention is
    off limits.

    It makes no difference how the tokens come: one at a time, some, or all T at once.

    There may be several rows of x for each source. A search through possible translations (beam
    search, chapter 9) follows K of them for each of the B sources at the same time, so x has B·K
    rows: the first K belong to source 0, the next K to source 1, and so on. All K rows of a source
    use the same keys and values. K follows from the sizes of x and k, and is often 1.

    Args:
        x: (B·K, T, D).
        k, v: (B, H, S, d), of project_memory, with H·d = D.
        w_q, w_o: (D, D), stored (outputs, inputs) as in nn.Linear. There are no biases.
        memory_mask: Boolean, (B, 1, 1, S), True where the token of the memory is real. It holds for
            all rows of a source. None allows all.

    Returns:
        (B·K, T, D), in the order of the rows of x. Where the mask allows nothing, it is 0.

    Raises:
        ValueError: The number of rows of x is not a multiple of B.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.3, for the attention.

    >>> one = torch.eye(2)
    >>> k, v = project_memory(torch.tensor([[[1.0, 0.0], [0.0, 2.0]]]), one, one, n_heads=1)
    >>> cached_cross_attention(torch.tensor([[[0.0, 0.0]], [[0.0, 1.0]]]), k, v, one, one)
    tensor([[[0.5000, 1.0000]],
    <BLANKLINE>
            [[0.1956, 1.6089]]])
    """
    raise NotImplementedError
