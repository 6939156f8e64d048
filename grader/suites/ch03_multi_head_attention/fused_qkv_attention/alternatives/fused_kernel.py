"""One product, cut as (3, H, d) in one view, and the fused kernel."""

import torch.nn.functional as F


def fused_qkv_attention(x, w_qkv, b_qkv, w_o, b_o, n_heads, mask=None):
    B, T, D = x.shape
    qkv = F.linear(x, w_qkv, b_qkv).view(B, T, 3, n_heads, D // n_heads)
    q, k, v = qkv.permute(2, 0, 3, 1, 4)
    heads = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return F.linear(heads.transpose(1, 2).reshape(B, T, D), w_o, b_o)
