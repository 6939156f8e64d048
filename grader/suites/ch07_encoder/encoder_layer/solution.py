"""One layer of the encoder: self-attention, then a feed-forward network, each with Add & Norm."""

import torch
import torch.nn.functional as F
from torch import nn


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence (B, T, D) to itself."""

    def __init__(self, d_model: int, n_heads: int) -> None:
        super().__init__()
        if d_model % n_heads:
            raise ValueError(f"d_model = {d_model} is not a multiple of n_heads = {n_heads}.")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model)
        self.w_k = nn.Linear(d_model, d_model)
        self.w_v = nn.Linear(d_model, d_model)
        self.w_o = nn.Linear(d_model, d_model)

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        q = self.split(self.w_q(x))
        k = self.split(self.w_k(x))
        v = self.split(self.w_v(x))
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.w_o(heads.transpose(1, 2).flatten(2))  # (B, T, H·d)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        return x.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)  # (B, H, T, d)


class FeedForward(nn.Module):
    """Two linear maps with a relu between them, for each token alone."""

    def __init__(self, d_model: int, d_ff: int) -> None:
        super().__init__()
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear2(F.relu(self.linear1(x)))


class EncoderLayer(nn.Module):
    """Let tokens exchange information, then let each of them compute on its own.

    Two sub-layers, in this order:

    * multi-head self-attention. Queries, keys and values are linear maps of the same tensor. Head
      h has the features h·d to (h + 1)·d − 1 of each, with d = d_model / n_heads, and computes
      softmax(q kᵀ / √d) v. The heads side by side, head 0 first, go through the map w_o.
    * the feed-forward network linear2(relu(linear1(·))), for each token alone.

    Each stands in a residual connection, with a layer norm of its own:

        norm_first=True:     x + dropout(sublayer(norm(x)))
        norm_first=False:    norm(x + dropout(sublayer(x)))

    torch's own Transformer layers and multi-head attention are off limits. `nn.Linear`,
    `nn.LayerNorm`, `nn.Dropout` and `F.scaled_dot_product_attention` are not. The file may hold
    further classes and functions: copy your MultiHeadAttention of chapter 3 over, for example. It
    takes three tensors and returns a pair, of which only the output is needed here. norm1 and norm2
    stand beside the sub-layers, as in torch's layer, so the SublayerConnection of chapter 6, which
    holds its norm, is a pattern here and no part.

    Args:
        d_model: Width D of the vectors.
        n_heads: Number H of heads, at least 1.
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
        feed_forward.linear1.weight (F, D), feed_forward.linear1.bias (F);
        feed_forward.linear2.weight (D, F), feed_forward.linear2.bias (D);
        norm1.weight, norm1.bias, norm2.weight, norm2.bias, each (D).
        A weight maps x to x Wᵀ, as in nn.Linear. norm1 belongs to the attention and norm2 to the
        feed-forward network. They are as in nn.LayerNorm, with eps = 1e-5. Initialise the other
        parameters as you like.

    Source: Vaswani et al. 2017, "Attention Is All You Need", sections 3.1 and 5.4; Xiong et al.
    2020, "On Layer Normalization in the Transformer Architecture", for the norm first.

    >>> layer = EncoderLayer(d_model=6, n_heads=3, d_ff=10, norm_first=True)
    >>> layer(torch.ones(2, 4, 6)).shape
    torch.Size([2, 4, 6])
    >>> sum(p.numel() for p in layer.parameters())
    328
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
        self.self_attention = SelfAttention(d_model, n_heads)
        self.feed_forward = FeedForward(d_model, d_ff)
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Run a batch of sequences through the layer.

        Args:
            x: (B, T, D), of the parameters' dtype: float32, or what `.to(…)` has made of it
                (float16, bfloat16, float64). It need not be contiguous, and is not changed.
            mask: Boolean, True where a query may attend to a key. Any shape of two to four
                dimensions that broadcasts to (B, H, T, T), such as (T, T), or (B, 1, 1, T) for
                padding. None allows every pair. It counts for this call alone, and is not changed.

        Returns:
            (B, T, D), of the dtype of x. A head in which a query may attend to no key
            gives 0 for it. Where that is so in all heads, the attention gives the bias
            of w_o for this token; all else is as for any token. Gradients reach x and
            the parameters, and are finite there, too.
        """
        if self.norm_first:
            x = x + self.dropout(self.self_attention(self.norm1(x), mask))
            return x + self.dropout(self.feed_forward(self.norm2(x)))
        x = self.norm1(x + self.dropout(self.self_attention(x, mask)))
        return self.norm2(x + self.dropout(self.feed_forward(x)))
