"""One layer of the decoder: it looks at itself, at the memory, and then computes."""

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    """Multi-head attention of one sequence to another, or to itself."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"d_model = {d_model} is not a multiple of n_heads = {n_heads}.")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(
        self, asks: torch.Tensor, answers: torch.Tensor, mask: torch.Tensor | None
    ) -> torch.Tensor:
        q = self.split(self.w_q(asks))  # (B, H, T, d)
        k = self.split(self.w_k(answers))  # (B, H, S, d)
        v = self.split(self.w_v(answers))
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.w_o(heads.transpose(1, 2).flatten(2))  # (B, T, H·d)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)


class FeedForward(nn.Module):
    """Two linear maps with a relu between them, for each token alone."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(F.relu(self.linear1(x)))


class DecoderLayer(nn.Module):
    """Three sub-layers, each with Add & Norm.

    In this order:

    * multi-head self-attention: queries, keys and values are linear maps of the target's vectors.
    * multi-head cross-attention: queries are linear maps of the target's vectors, keys and values
      of the memory, which is the encoder's output.
    * the feed-forward network linear2(relu(linear1(·))), for each token alone.

    In both attentions, head h has the features h·d to (h + 1)·d − 1 of queries, keys and values,
    with d = d_model / n_heads, and computes softmax(q kᵀ / √d) v. The heads side by side, head 0
    first, go through the map w_o. Each attention has four maps of its own.

    Each sub-layer stands in a residual connection, with a layer norm of its own:

        norm_first=True:     x + dropout(sublayer(norm(x)))
        norm_first=False:    norm(x + dropout(sublayer(x)))

    The norms are for the target's vectors alone. The memory is read as it comes, in both orders.

    torch's own Transformer layers and multi-head attention are off limits. `nn.Linear`,
    `nn.LayerNorm`, `nn.Dropout` and `F.scaled_dot_product_attention` are not. The file may hold
    further classes and functions: copy what you have of the EncoderLayer of chapter 7, and start
    from there.

    Args:
        d_model: Width D of the vectors, those of the memory included.
        n_heads: Number H of heads of each attention, at least 1.
        d_ff: Width F between the two maps of the feed-forward network, at least 1.
        dropout: Probability p, 0 ≤ p < 1, with which each entry of a sub-layer's output is set to
            0, on its own, and anew in every call. The others are divided by 1 − p. This happens
            before the residual sum, in training mode only. Attention weights and the F hidden
            features may be dropped as well, as torch's layer does, or not, as you like.
        norm_first: Whether norms come before the sub-layers (True) or after the sums (False).

    Raises:
        ValueError: d_model is not a multiple of n_heads.

    Parameters, by these names and no others:
        self_attention.w_q.weight, .w_k.weight, .w_v.weight, .w_o.weight, each (D, D);
        self_attention.w_q.bias, .w_k.bias, .w_v.bias, .w_o.bias, each (D);
        cross_attention.… with the same eight names and shapes;
        feed_forward.linear1.weight (F, D), feed_forward.linear1.bias (F);
        feed_forward.linear2.weight (D, F), feed_forward.linear2.bias (D);
        norm1.weight, norm1.bias, norm2.weight, norm2.bias, norm3.weight, norm3.bias, each (D).
        A weight maps x to x Wᵀ, as in nn.Linear. norm1 belongs to the self-attention, norm2 to the
        cross-attention and norm3 to the feed-forward network. They are as in nn.LayerNorm, with
        eps = 1e-5. Initialise the other parameters as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", sections 3.1 and 5.4; Xiong et al.
    2020, "On Layer Normalization in the Transformer Architecture", for the norm first.

    >>> layer = DecoderLayer(d_model=6, n_heads=3, d_ff=10, norm_first=True)
    >>> layer(torch.ones(2, 4, 6), torch.ones(2, 5, 6)).shape
    torch.Size([2, 4, 6])
    >>> sum(p.numel() for p in layer.parameters())
    508
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_ff: int,
        dropout: float = 0.0,
        norm_first: bool = False,
    ) -> None:
        super().__init__()
        self.self_attention = Attention(d_model, n_heads)
        self.cross_attention = Attention(d_model, n_heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.norm3 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(
        self,
        x: torch.Tensor,
        memory: torch.Tensor,
        mask: torch.Tensor | None = None,
        memory_mask: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Run a batch of target sequences through the layer, each with its memory.

        Args:
            x: (B, T, D), the target's vectors, of the parameters' dtype: float32, or what `.to(…)`
                has made of it (float16, bfloat16, float64).
            memory: (B, S, D), of the same dtype. S may be smaller than T, equal or larger. Both
                need not be contiguous, and are not changed.
            mask: Of the self-attention alone. Boolean, True where a query may attend to a key. Any
                shape of two to four dimensions that broadcasts to (B, H, T, T), such as (T, T) for
                a causal mask. None allows every pair: the layer hides nothing of its own accord,
                not even the future.
            memory_mask: Of the cross-attention alone. The same, for shapes that broadcast to
                (B, H, T, S), such as (B, 1, 1, S) for the padding of the source.
                Both masks count for this call alone, and are not changed.

        Returns:
            (B, T, D), of the dtype of x. Where a query may attend to no key, the heads
            of that attention find 0, so it gives the bias of its w_o for this token.
            Residual sum, norms and the other sub-layers go on as ever.

        Gradients reach x, memory and the parameters, and are finite for such a query, too.
        """
        if self.norm_first:
            h = self.norm1(x)
            x = x + self.dropout(self.self_attention(h, h, mask))
            x = x + self.dropout(self.cross_attention(self.norm2(x), memory, memory_mask))
            return x + self.dropout(self.feed_forward(self.norm3(x)))
        x = self.norm1(x + self.dropout(self.self_attention(x, x, mask)))
        x = self.norm2(x + self.dropout(self.cross_attention(x, memory, memory_mask)))
        return self.norm3(x + self.dropout(self.feed_forward(x)))
