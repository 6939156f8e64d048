# %% wrong | bias-in-score | The three score layers have a bias, so there are extra parameters and load_state_dict fails.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden)
        self.w_key = nn.Linear(d_encoder, d_hidden)
        self.v = nn.Linear(d_hidden, 1)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | v-bias | Only v keeps its bias (harmless for the weights, but an extra parameter v.bias).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | context-first | Concatenates [context; y] instead of [y; context].
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([context, y], dim=-1), h)
        return h_new, weights
# %% wrong | new-state-asks | Updates the GRU first with a zero context-free step and scores with the new state (Luong's order).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        zero = torch.zeros(h.shape[0], encoder.shape[2], dtype=h.dtype)
        h1 = self.gru(torch.cat([y, zero], dim=-1), h)
        scores = self.v(torch.tanh(self.w_query(h1).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | neg-inf-nan | Fills with -inf only, so a row of padding alone gives NaN weights and a NaN state.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | minus-1e9-only | Fills with -1e9 and no second fill, so a row of padding alone gets uniform weights and a context.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(mask == 0, -1e9)
        weights = torch.softmax(scores, dim=1)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | swapped-returns | Returns (weights, h') instead of (h', weights).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h = self.gru(torch.cat([y, context], dim=-1), h)
        return weights, h
# %% wrong | no-tanh | Forgets the tanh in the score, so the query has no influence on the weights.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(self.w_query(h).unsqueeze(1) + self.w_key(encoder)).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | softmax-over-batch | Softmax over dim 0, the batch; right only by accident.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=0).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | squeeze-all | squeeze() without a dimension, so a batch of one or a single encoder state crashes.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze()
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze()
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | context-squeeze | Squeezes every dimension of the context, so a batch of one (or an encoder width of 1) crashes in the concatenation.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = torch.bmm(weights.unsqueeze(1), encoder).squeeze()
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | v-parameter | v is a bare Parameter of shape (h), named v instead of v.weight (1, h).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Parameter(torch.randn(d_hidden) * 0.1)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder)) @ self.v
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | names-differ | The layers have names of their own (W_q, W_k), so the documented state dict does not load.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.W_q = nn.Linear(d_hidden, d_hidden, bias=False)
        self.W_k = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.W_q(h).unsqueeze(1) + self.W_k(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | key-query-widths | w_query takes d_encoder and w_key takes d_hidden, which crashes unless both widths are equal (and then swaps nothing but the operands).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_encoder, d_hidden, bias=False)
        self.w_key = nn.Linear(d_hidden, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(encoder) + self.w_key(h).unsqueeze(1))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | extra-output-layer | Has an additional output layer, so there are parameters that the docstring excludes.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)
        self.out = nn.Linear(d_hidden, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h = self.gru(torch.cat([y, context], dim=-1), h)
        return torch.tanh(self.out(h)), weights
# %% wrong | nn-gru | Uses nn.GRU instead of the cell, so its parameters are called gru.weight_ih_l0 and so on.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRU(d_embed + d_encoder, d_hidden, batch_first=True)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        _, last = self.gru(torch.cat([y, context], dim=-1).unsqueeze(1), h.unsqueeze(0).contiguous())
        return last[0], weights
# %% wrong | unmasked | Ignores the mask altogether.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores, dim=-1)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | mask-inverted | Takes True as padding.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | mask-after-softmax | Zeroes the weights of padding after the softmax, so they do not sum to 1 and padding's content matters.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores, dim=-1) * mask
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | renormalise-eps | Masks after the softmax and divides by the sum plus 1e-8: allowed weights are lost where padding has far higher scores, and all are slightly off.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores, dim=-1) * mask
        weights = weights / (weights.sum(dim=-1, keepdim=True) + 1e-8)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | plain-sum-context | The context is the plain sum of all encoder states without weights.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = encoder.sum(dim=1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | masked-mean-context | The context is the mean of the real encoder states; the weights are computed but never used.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        m = mask.unsqueeze(-1).to(encoder.dtype)
        context = (encoder * m).sum(1) / m.sum(1).clamp(min=1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | context-from-keys | Averages the projected keys w_key(encoder) instead of the encoder states, so the GRU input has the wrong width unless h = c.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ self.w_key(encoder)).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | no-old-state | Calls the GRU cell without h, so it starts from zeros.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1))
        return h_new, weights
# %% wrong | state-kept | Keeps the state on self and ignores the h that is passed from the second call on.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)
        self.h = None

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if self.h is None or self.h.shape != h.shape:
            self.h = h
        h = self.h
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        self.h = self.gru(torch.cat([y, context], dim=-1), h)
        return self.h, weights
# %% wrong | detached-weights | Uses detached weights for the context, so the score layers get no gradient from h'.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.detach().unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | dropout | Adds dropout on the weights, active because a new module is in training mode.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)
        self.drop = nn.Dropout(0.1)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        weights = self.drop(weights)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | own-gru-z-swapped | Own GRU with the paper's update z·n + (1 - z)·h, the opposite of PyTorch's.
import torch
from torch import nn


class GRU(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * n_hidden, n_in).uniform_(-0.1, 0.1))
        self.weight_hh = nn.Parameter(torch.empty(3 * n_hidden, n_hidden).uniform_(-0.1, 0.1))
        self.bias_ih = nn.Parameter(torch.zeros(3 * n_hidden))
        self.bias_hh = nn.Parameter(torch.zeros(3 * n_hidden))

    def forward(self, x, h):
        gi = x @ self.weight_ih.T + self.bias_ih
        gh = h @ self.weight_hh.T + self.bias_hh
        i_r, i_z, i_n = gi.chunk(3, dim=-1)
        h_r, h_z, h_n = gh.chunk(3, dim=-1)
        r = torch.sigmoid(i_r + h_r)
        z = torch.sigmoid(i_z + h_z)
        n = torch.tanh(i_n + r * h_n)
        return z * n + (1 - z) * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = GRU(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | own-gru-gate-order | Own GRU that reads the gates in the order z, r, n instead of PyTorch's r, z, n.
import torch
from torch import nn


class GRU(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * n_hidden, n_in).uniform_(-0.1, 0.1))
        self.weight_hh = nn.Parameter(torch.empty(3 * n_hidden, n_hidden).uniform_(-0.1, 0.1))
        self.bias_ih = nn.Parameter(torch.zeros(3 * n_hidden))
        self.bias_hh = nn.Parameter(torch.zeros(3 * n_hidden))

    def forward(self, x, h):
        gi = x @ self.weight_ih.T + self.bias_ih
        gh = h @ self.weight_hh.T + self.bias_hh
        i_z, i_r, i_n = gi.chunk(3, dim=-1)
        h_z, h_r, h_n = gh.chunk(3, dim=-1)
        r = torch.sigmoid(i_r + h_r)
        z = torch.sigmoid(i_z + h_z)
        n = torch.tanh(i_n + r * h_n)
        return (1 - z) * n + z * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = GRU(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | own-gru-reset-before | Own GRU that applies the reset gate to h before the product (Cho's version) instead of after, which differs once weight_hh or bias_hh matter.
import torch
from torch import nn


class GRU(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * n_hidden, n_in).uniform_(-0.1, 0.1))
        self.weight_hh = nn.Parameter(torch.empty(3 * n_hidden, n_hidden).uniform_(-0.1, 0.1))
        self.bias_ih = nn.Parameter(torch.zeros(3 * n_hidden))
        self.bias_hh = nn.Parameter(torch.zeros(3 * n_hidden))

    def forward(self, x, h):
        gi = x @ self.weight_ih.T + self.bias_ih
        gh = h @ self.weight_hh.T + self.bias_hh
        i_r, i_z, i_n = gi.chunk(3, dim=-1)
        h_r, h_z, h_n = gh.chunk(3, dim=-1)
        r = torch.sigmoid(i_r + h_r)
        z = torch.sigmoid(i_z + h_z)
        k = h.shape[-1]
        n = torch.tanh(i_n + (r * h) @ self.weight_hh[2 * k :].T + self.bias_hh[2 * k :])
        return (1 - z) * n + z * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = GRU(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | no-unsqueeze | Adds w_query(h) (B, h) to w_key(encoder) (B, S, h) without unsqueeze: a crash unless B = S (or one is 1), then queries meet the wrong sentences.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | residual-state | Adds the old state to the GRU's result.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = h + self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | inplace-encoder | Zeroes the padding in the caller's encoder states in place.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        encoder[~mask] = 0.0
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | inplace-mask | Opens all-padding rows in the caller's mask (in place) to avoid NaN and zeroes them afterwards.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        empty = ~mask.any(dim=1)
        mask[empty] = True
        weights = torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1)
        weights = weights.masked_fill(empty.unsqueeze(1), 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | softmax-size-one | Keeps the last dimension of the scores and takes the softmax over its size 1, so all weights are 1.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder)))
        weights = torch.softmax(scores, dim=-1).squeeze(-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | weights-3d | Returns the weights as (B, 1, S).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        weights = weights.unsqueeze(1)
        context = torch.bmm(weights, encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | scaled-score | Divides the scores by sqrt(h).
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores / h.shape[-1] ** 0.5
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | multiplicative-score | Uses a dot product of w_query(h) and w_key(encoder) and never v, so v gets no gradient.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = torch.einsum("bh,bsh->bs", self.w_query(h), self.w_key(encoder))
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | empty-keeps-state | Keeps the old state where the row is all padding, instead of a GRU step with a context of 0.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        h_new = torch.where(mask.any(dim=1, keepdim=True), h_new, h)
        return h_new, weights
# %% wrong | empty-only-global | Handles all-padding only when the whole batch is padding; one empty row among others is NaN.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        if not mask.any():
            weights = torch.zeros_like(scores)
        else:
            weights = torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | nan-gradient | Adds a -inf bias and repairs the NaN afterwards: values right, but the gradients of a batch with an empty row are NaN.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        bias = torch.zeros_like(scores).masked_fill(~mask, -torch.inf)
        weights = torch.nan_to_num(torch.softmax(scores + bias, dim=-1))
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | inplace-weights | masked_fill_ on the softmax output: forward right, backward raises a RuntimeError.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores.masked_fill(~mask, torch.finfo(scores.dtype).min), dim=-1)
        weights.masked_fill_(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | double-softmax | Softmax of the softmax, so weights are flat.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        low = torch.finfo(scores.dtype).min
        scores = torch.softmax(scores.masked_fill(~mask, low), dim=-1)
        weights = torch.softmax(scores.masked_fill(~mask, low), dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | fill-minus-ten | Fills with -10, which is not low enough: padding takes a small part before it is zeroed, and rows do not sum to 1.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores.masked_fill(~mask, -10.0), dim=-1)
        weights = weights * mask.to(weights.dtype)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | mask-encoder-only | Multiplies the encoder states by the mask instead of masking the scores, so padding still takes weight.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        encoder = encoder * mask.unsqueeze(-1)
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        weights = torch.softmax(scores, dim=-1)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | view-context | Views the context with d_embed as its width, which crashes unless e = c.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)
        self.d = d_embed

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = torch.bmm(weights.unsqueeze(1), encoder).view(-1, self.d)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | default-dtype-buffer | Accumulates the context in torch.zeros(B, c) of the default dtype, so a cell moved to float64 crashes or loses precision.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = torch.zeros(encoder.shape[0], encoder.shape[2])
        for s in range(encoder.shape[1]):
            context += weights[:, s : s + 1] * encoder[:, s]
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% right | hint | Four lines as in the hints.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% right | bmm-comments | torch.bmm, separate helper methods attend and forward, comments on shapes.
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
        hidden = torch.tanh(self.w_query(h)[:, None, :] + self.w_key(encoder))  # (B, S, h)
        s = self.v(hidden)[..., 0]  # (B, S)
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
        return torch.softmax(s, dim=1) * mask.to(s.dtype)

    def forward(self, y, h, encoder, mask):
        weights = self.attend(h, encoder, mask)
        context = torch.bmm(weights.unsqueeze(1), encoder)[:, 0]
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% right | own-gru | Own GRU module with the parameter names and equations of nn.GRUCell.
import torch
from torch import nn


class GRU(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.empty(3 * n_hidden, n_in).uniform_(-0.1, 0.1))
        self.weight_hh = nn.Parameter(torch.empty(3 * n_hidden, n_hidden).uniform_(-0.1, 0.1))
        self.bias_ih = nn.Parameter(torch.zeros(3 * n_hidden))
        self.bias_hh = nn.Parameter(torch.zeros(3 * n_hidden))

    def forward(self, x, h):
        gi = x @ self.weight_ih.T + self.bias_ih
        gh = h @ self.weight_hh.T + self.bias_hh
        i_r, i_z, i_n = gi.chunk(3, dim=-1)
        h_r, h_z, h_n = gh.chunk(3, dim=-1)
        r = torch.sigmoid(i_r + h_r)
        z = torch.sigmoid(i_z + h_z)
        n = torch.tanh(i_n + r * h_n)
        return (1 - z) * n + z * h


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = GRU(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% right | einsum-nan-to-num | einsum for score and context, masked_fill with -inf and nan_to_num.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))
        scores = torch.einsum("bsh,h->bs", hidden, self.v.weight[0])
        weights = torch.nan_to_num(torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=-1), nan=0.0)
        context = torch.einsum("bs,bsc->bc", weights, encoder)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% right | positions-loop | Loops over the S positions; Kommentare auf Deutsch, Summe von Hand.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        # ein Score pro Position
        q = self.w_query(h)
        scores = torch.cat([self.v(torch.tanh(q + self.w_key(c))) for c in encoder.unbind(1)], dim=1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = sum(weights[:, s, None] * encoder[:, s] for s in range(encoder.shape[1]))
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% right | helper-functions | Module-level helper functions additive_score and masked_softmax, as in the earlier exercises, and a main block.
import torch
from torch import nn


def masked_softmax(scores, mask):
    low = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(~mask, low), dim=-1)
    return weights.masked_fill(~mask, 0.0)


def additive_score(query, keys, w_query, w_key, v):
    q = (query @ w_query.T).unsqueeze(2)
    k = (keys @ w_key.T).unsqueeze(1)
    return torch.tanh(q + k) @ v


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = additive_score(
            h.unsqueeze(1), encoder, self.w_query.weight, self.w_key.weight, self.v.weight.squeeze(0)
        )
        weights = masked_softmax(scores, mask.unsqueeze(1))  # (B, 1, S)
        context = (weights @ encoder).squeeze(1)
        return self.gru(torch.cat((y, context), dim=1), h), weights.squeeze(1)


if __name__ == "__main__":
    cell = AttentionDecoderCell(3, 4, 5)
    mask = torch.tensor([[True, False, False], [True, True, True]])
    print(cell(torch.zeros(2, 3), torch.zeros(2, 4), torch.ones(2, 3, 5), mask))
# %% right | reset-parameters | An initialiser method (Xavier) called in the constructor and an assert in forward.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        for layer in (self.w_query, self.w_key, self.v):
            nn.init.xavier_uniform_(layer.weight)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        assert mask.dtype == torch.bool
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        x = torch.cat([y, context], dim=-1)
        h = self.gru(x, h)
        return h, weights
# %% right | padding-cleaned | Cleans padding with torch.where on a new tensor first, then proceeds, so even NaN padding is harmless.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed: int, d_hidden: int, d_encoder: int) -> None:
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(
        self, y: torch.Tensor, h: torch.Tensor, encoder: torch.Tensor, mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        encoder = torch.where(mask.unsqueeze(-1), encoder, torch.zeros_like(encoder))
        scores = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = torch.softmax(scores, dim=-1).masked_fill(~mask, 0.0)
        context = (weights.unsqueeze(1) @ encoder).squeeze(1)
        h_new = self.gru(torch.cat([y, context], dim=-1), h)
        return h_new, weights
# %% wrong | two-mistakes-context-first-unmasked | Joins [context; y], and never uses the mask.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        s = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        w = torch.softmax(s, dim=-1)
        c = (w.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([c, y], -1), h), w

# %% wrong | weights-squared | Multiplies by the weights twice in the context.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        s = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
        w = torch.softmax(s, -1).masked_fill(~mask, 0.0)
        weighted = w.unsqueeze(-1) * encoder
        c = (w.unsqueeze(-1) * weighted).sum(1)
        return self.gru(torch.cat([y, c], -1), h), w

# %% wrong | best-state-only | The context is the encoder state with the largest weight.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        s = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
        w = torch.softmax(s, -1).masked_fill(~mask, 0.0)
        best = w.argmax(-1)
        c = encoder[torch.arange(len(best)), best] * mask.any(-1, keepdim=True)
        return self.gru(torch.cat([y, c], -1), h), w

# %% wrong | tanh-output | Puts a tanh around the new state.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        s = self.v(torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder))).squeeze(-1)
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
        w = torch.softmax(s, -1).masked_fill(~mask, 0.0)
        c = (w.unsqueeze(1) @ encoder).squeeze(1)
        return torch.tanh(self.gru(torch.cat([y, c], -1), h)), w

# %% wrong | key-bias-forgotten-v | Sums the hidden units in place of v; v exists but has no use.
import torch
from torch import nn


class AttentionDecoderCell(nn.Module):
    def __init__(self, d_embed, d_hidden, d_encoder):
        super().__init__()
        self.w_query = nn.Linear(d_hidden, d_hidden, bias=False)
        self.w_key = nn.Linear(d_encoder, d_hidden, bias=False)
        self.v = nn.Linear(d_hidden, 1, bias=False)
        self.gru = nn.GRUCell(d_embed + d_encoder, d_hidden)

    def forward(self, y, h, encoder, mask):
        s = torch.tanh(self.w_query(h).unsqueeze(1) + self.w_key(encoder)).sum(-1)
        s = s.masked_fill(~mask, torch.finfo(s.dtype).min)
        w = torch.softmax(s, -1).masked_fill(~mask, 0.0)
        c = (w.unsqueeze(1) @ encoder).squeeze(1)
        return self.gru(torch.cat([y, c], -1), h), w
