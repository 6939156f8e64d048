# %% wrong | keys-cached | keeps W_key c from the first call "because the encoder does not change", so a later call with other encoder states is scored with the old ones
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)
        self._keys = None

    def forward(self, y, h, encoder, mask):
        if self._keys is None or self._keys.shape[:2] != encoder.shape[:2]:
            self._keys = self.w_key(encoder)
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self._keys)).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | gru-without-state | calls self.gru(x) without the old state, so the GRU always starts from 0 (right only for h = 0, as in the example)
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        energy = torch.tanh(self.w_query(h)[:, None, :] + self.w_key(encoder))
        scores = self.v(energy).squeeze(-1)
        scores = scores.masked_fill(~mask, -1e9)
        weights = torch.softmax(scores, dim=1) * mask
        context = torch.bmm(weights.unsqueeze(1), encoder).squeeze(1)
        h = self.gru(torch.cat([y, context], dim=1))
        return h, weights

# %% wrong | context-first | concatenates [context, y] instead of [y, context]
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(dim=-1).masked_fill(~mask, 0)
        context = torch.einsum("bs,bsc->bc", weights, encoder)
        return self.gru(torch.cat((context, y), dim=-1), h), weights

# %% wrong | first-position-opened | opens position 0 in the caller's mask where a row is all False, so the mask changes and the row gets a weight of 1
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        mask[~mask.any(dim=1), 0] = True
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
        context = (weights.unsqueeze(-1) * encoder).sum(dim=1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | squeeze-bare | squeezes the scores without a dimension, so a batch of one (or a single encoder state) loses an axis
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze()
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = torch.matmul(weights.unsqueeze(1), encoder).squeeze()
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | own-gru-paper-order | own GRU with the gates in the order z, r, n, while nn.GRUCell stores r, z, n
import torch
from torch import nn


class MyGRU(nn.Module):
    def __init__(self, d_in, d_hidden):
        super().__init__()
        k = d_hidden**-0.5
        self.weight_ih = nn.Parameter(torch.empty(3 * d_hidden, d_in).uniform_(-k, k))
        self.weight_hh = nn.Parameter(torch.empty(3 * d_hidden, d_hidden).uniform_(-k, k))
        self.bias_ih = nn.Parameter(torch.empty(3 * d_hidden).uniform_(-k, k))
        self.bias_hh = nn.Parameter(torch.empty(3 * d_hidden).uniform_(-k, k))

    def forward(self, x, h):
        a = x @ self.weight_ih.T + self.bias_ih
        b = h @ self.weight_hh.T + self.bias_hh
        az, ar, an = a.chunk(3, dim=-1)
        bz, br, bn = b.chunk(3, dim=-1)
        z = torch.sigmoid(az + bz)
        r = torch.sigmoid(ar + br)
        n = torch.tanh(an + r * bn)
        return (1 - z) * n + z * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = MyGRU(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | own-gru-reset-early | own GRU that applies the reset gate to h before the matrix (as in Cho et al.), while nn.GRUCell applies it after matrix and bias
import torch
from torch import nn
import torch.nn.functional as F


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def _gru(self, x, h):
        g = self.gru
        wr, wz, wn = g.weight_hh.chunk(3)
        br, bz, bn = g.bias_hh.chunk(3)
        ir, iz, i_n = F.linear(x, g.weight_ih, g.bias_ih).chunk(3, dim=-1)
        r = torch.sigmoid(ir + F.linear(h, wr, br))
        z = torch.sigmoid(iz + F.linear(h, wz, bz))
        n = torch.tanh(i_n + F.linear(r * h, wn, bn))
        return (1 - z) * n + z * h

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self._gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | context-of-projected-keys | averages the projected keys W_key c instead of the encoder states: crash unless c == h, silently wrong there
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        keys = self.w_key(encoder)
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + keys)).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ keys).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | weights-detached | detaches the weights before the context, so w_query, w_key and v get no gradient from the new state
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.detach().unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | nan-row-by-factor | wants to zero rows without a real state by multiplying with mask.any(), but NaN * 0 stays NaN
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
        weights = weights * mask.any(dim=-1, keepdim=True)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | new-state-asks | updates the GRU first (with a context from the old state) and returns weights computed again with the new state
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def attend(self, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        return (weights.unsqueeze(1) @ encoder).squeeze(1), weights

    def forward(self, y, h, encoder, mask):
        context, _ = self.attend(h, encoder, mask)
        h = self.gru(torch.cat([y, context], dim=-1), h)
        _, weights = self.attend(h, encoder, mask)
        return h, weights

# %% wrong | encoder-zeroed-in-place | zeroes padding in the caller's encoder with masked_fill_
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        encoder.masked_fill_(~mask.unsqueeze(-1), 0.0)
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | zeroed-encoder-only | zeroes the padded encoder states but never masks the scores, so padding takes part of the weight with a score of v · tanh(W_query h)
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        encoder = encoder * mask.unsqueeze(-1)
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores, dim=-1) * mask
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% wrong | query-from-embedding | scores with the embedding y in place of the old state (w_query maps e to h), unnoticed by shapes where e == h
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_embed, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        scores = self.v(torch.tanh(self.w_query(y).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% right | by-the-hints | nn.Linear, nn.GRUCell, lowest number and zero fill
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    """One decoder step with additive attention: score, look up, then update the state.

    1. Score encoder state c_s against the *old* state h: v · tanh(W_query h + W_key c_s).
    2. Softmax over the positions that the mask allows gives the weights.
    3. The context is the sum of the encoder states times their weights.
    4. A GRU cell takes [y; context] (the embedding first) as its input and moves h to h'.

    Args:
        d_embed: e, the width of the embedded previous token.
        d_hidden: h, the width of the decoder state and of the scoring network.
        d_encoder: c, the width of an encoder state.

    The parameters have these names and shapes, and there are no others:

        w_query.weight (h, h)       w_key.weight (h, c)         v.weight (1, h)
        gru.weight_ih (3h, e + c)   gru.weight_hh (3h, h)
        gru.bias_ih (3h)            gru.bias_hh (3h)

    `gru` has its parameters as in `nn.GRUCell`, which you may use. The three layers of the score
    have no bias.

    >>> cell = AttentionDecoderCell(d_embed=3, d_hidden=4, d_encoder=5)
    >>> mask = torch.tensor([[True, False, False], [True, True, True]])
    >>> h, weights = cell(torch.zeros(2, 3), torch.zeros(2, 4), torch.ones(2, 3, 5), mask)
    >>> h.shape
    torch.Size([2, 4])
    >>> weights.detach()
    tensor([[1.0000, 0.0000, 0.0000],
            [0.3333, 0.3333, 0.3333]])
    """

    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        # 1. scores (B, S)
        hidden = torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))
        scores = self.v(hidden).squeeze(-1)
        # 2. weights (B, S)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        # 3. context (B, c)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        # 4. state (B, h)
        return self.gru(torch.cat([y, context], dim=-1), h), weights

# %% right | clean-encoder-first | replaces padded encoder states by zeros (out of place) before anything else, helper methods named attend and score
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def score(self, h, encoder):
        return torch.einsum("bsh,h->bs", torch.tanh(self.w_query(h)[:, None] + self.w_key(encoder)), self.v.weight[0])

    def attend(self, h, encoder, mask):
        scores = torch.where(mask, self.score(h, encoder), -torch.inf)
        weights = torch.softmax(scores, dim=1).nan_to_num(0.0)
        return torch.einsum("bs,bsc->bc", weights, encoder), weights

    def forward(self, y, h, encoder, mask):
        clean = encoder.masked_fill(~mask.unsqueeze(-1), 0.0)
        context, weights = self.attend(h, clean, mask)
        return self.gru(torch.cat((y, context), -1), h), weights

# %% right | own-gru | own GRU module with the gates r, z, n as torch has them, own parameters; Dutch comments
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, n_in: int, n_hidden: int) -> None:
        super().__init__()
        self.weight_ih = nn.Parameter(torch.randn(3 * n_hidden, n_in) * 0.1)
        self.weight_hh = nn.Parameter(torch.randn(3 * n_hidden, n_hidden) * 0.1)
        self.bias_ih = nn.Parameter(torch.zeros(3 * n_hidden))
        self.bias_hh = nn.Parameter(torch.zeros(3 * n_hidden))

    def forward(self, x, h):
        a = nn.functional.linear(x, self.weight_ih, self.bias_ih)
        b = nn.functional.linear(h, self.weight_hh, self.bias_hh)
        # volgorde van de poorten: reset, update, nieuw
        ar, az, an = a.chunk(3, -1)
        br, bz, bn = b.chunk(3, -1)
        r, z = torch.sigmoid(ar + br), torch.sigmoid(az + bz)
        return (1 - z) * torch.tanh(an + r * bn) + z * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = Cell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        verboden = ~mask
        e = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder)))[..., 0]
        e = e.masked_fill(verboden, -1e30)
        gewichten = torch.softmax(e, dim=-1).masked_fill(verboden, 0.0)
        context = (gewichten[..., None] * encoder.masked_fill(verboden[..., None], 0.0)).sum(1)
        return self.gru(torch.cat([y, context], dim=1), h), gewichten
