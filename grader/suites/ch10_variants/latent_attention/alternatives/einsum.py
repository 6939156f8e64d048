"""Both by einsum, with the weights as (H, d, r)."""

import torch


def prepare(x, w_down, w_up_k, w_up_v, w_q, n_heads, past):
    H = n_heads
    c = torch.einsum("btD,rD->btr", x, w_down)
    c = c if past is None else torch.cat((past, c), dim=1)
    k, v, q = (w.reshape(H, w.shape[0] // H, w.shape[1]) for w in (w_up_k, w_up_v, w_q))
    T, S = x.shape[1], c.shape[1]
    rows, columns = torch.arange(S - T, S, device=x.device), torch.arange(S, device=x.device)
    return c, k, v, torch.einsum("btD,hdD->bhtd", x, q), columns > rows[:, None]


def finish(heads, w_o, n_heads):
    return torch.einsum("bhte,Dhe->btD", heads, w_o.reshape(w_o.shape[0], n_heads, -1))


def latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    c, k, v, q, hidden = prepare(x, w_down, w_up_k, w_up_v, w_q, n_heads, past)
    keys, values = torch.einsum("bsr,hdr->bhsd", c, k), torch.einsum("bsr,her->bhse", c, v)
    scores = torch.einsum("bhtd,bhsd->bhts", q, keys) / k.shape[1] ** 0.5
    weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
    return finish(torch.einsum("bhts,bhse->bhte", weights, values), w_o, n_heads), c


def absorbed_latent_attention(x, w_down, w_up_k, w_up_v, w_q, w_o, n_heads, past=None):
    c, k, v, q, hidden = prepare(x, w_down, w_up_k, w_up_v, w_q, n_heads, past)
    q = torch.einsum("bhtd,hdr->bhtr", q, k) / k.shape[1] ** 0.5
    scores = torch.einsum("bhtr,bsr->bhts", q, c)
    weights = scores.masked_fill(hidden, float("-inf")).softmax(-1)
    mixed = torch.einsum("bhts,bsr->bhtr", weights, c)
    return finish(torch.einsum("bhtr,her->bhte", mixed, v), w_o, n_heads), c
