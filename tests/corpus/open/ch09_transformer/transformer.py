# %% wrong | no-causal-mask | The decoder's mask hides padding only, so later tokens are seen.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        mask = (tgt != self.pad_id)[:, None, None, :].expand(-1, 1, T, T)
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | causal-only | Padding of the target is not hidden in the decoder's self-attention.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        B, T = tgt.shape
        mask = torch.tril(torch.ones(T, T, device=tgt.device)).bool()
        mask = mask.expand(B, 1, T, T)
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | target-mask-for-memory | The attention to the memory gets the mask of the target; it fits only where S = T.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        padding = (tgt != self.pad_id)[:, None, None, :]
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, padding & causal, padding))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | true-hides | Masks are True where a key is hidden, as nn.MultiheadAttention has them, and not where it may be seen.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src == self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        future = torch.ones(T, T, dtype=torch.bool, device=tgt.device).triu(diagonal=1)
        mask = (tgt == self.pad_id)[:, None, None, :] | future
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | zero-means-padding | pad_id is stored and never used: the masks compare with 0.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != 0)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != 0)[:, None, None, :] & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | scaled-once-more | The vectors are multiplied by sqrt(D) again, but the embeddings come with all factors.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def _vectors(self, tokens):
        x = self.embeddings(tokens)
        return self.positions(x * x.size(-1) ** 0.5)

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self._vectors(src)
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        y = self._vectors(tgt)
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | memory-mask-remembered | decode uses the mask of the last encode call instead of its argument, so something is kept from one call to the next.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        self.memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, self.memory_mask), self.memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, self.memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | padding-at-the-end-only | The masks are made of lengths, so they are right only where all padding stands at the end.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def _real(self, tokens):
        lengths = (tokens != self.pad_id).sum(dim=1)
        places = torch.arange(tokens.size(1), device=tokens.device)
        return (places < lengths[:, None])[:, None, None, :]

    def encode(self, src):
        memory_mask = self._real(src)
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = self._real(tgt) & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | queries-hidden-too | Rows of queries that are padding are emptied as well, but what a query is makes no difference.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        real = tgt != self.pad_id
        mask = real[:, None, :, None] & real[:, None, None, :] & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | shifts-again | decode shifts the target once more, though it is the one that has been shifted already.
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        tgt = torch.cat([tgt[:, :1], tgt[:, :-1]], dim=1)
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% right | usual | as in the hints
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% right | old-super-and-arange | super with arguments, a causal mask from comparing numbers, calls by name
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super(Transformer, self).__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        mask = src.ne(self.pad_id).unsqueeze(1).unsqueeze(2)
        embedded = self.embeddings(src)
        embedded = self.positions(embedded)
        memory = self.encoder(x=embedded, mask=mask)
        return memory, mask

    def decode(self, tgt, memory, memory_mask):
        place = torch.arange(tgt.shape[-1], device=tgt.device)
        not_later = place.unsqueeze(0) <= place.unsqueeze(1)  # (query, key)
        real = tgt.ne(self.pad_id).unsqueeze(1).unsqueeze(2)
        mask = torch.logical_and(real, not_later)
        embedded = self.positions(self.embeddings(tgt))
        hidden = self.decoder(x=embedded, memory=memory, mask=mask, memory_mask=memory_mask)
        return self.embeddings.project(hidden)

    def forward(self, src, tgt):
        memory, mask = self.encode(src)
        logits = self.decode(tgt, memory, mask)
        return logits

# %% right | helper-functions | functions for the masks outside the class, type hints
import torch
from torch import nn


def padding_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    B, L = tokens.shape
    return (tokens != pad_id).reshape(B, 1, 1, L)


def decoder_mask(tokens: torch.Tensor, pad_id: int) -> torch.Tensor:
    L = tokens.shape[1]
    later = torch.triu(torch.ones(L, L, device=tokens.device), diagonal=1) == 1
    return padding_mask(tokens, pad_id).expand(-1, -1, L, -1).masked_fill(later, False)


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def embed(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.positions(self.embeddings(tokens))

    def encode(self, src: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mask = padding_mask(src, self.pad_id)
        return self.encoder(self.embed(src), mask), mask

    def decode(self, tgt, memory, memory_mask):
        out = self.decoder(self.embed(tgt), memory, decoder_mask(tgt, self.pad_id), memory_mask)
        return self.embeddings.project(out)

    def forward(self, src, tgt):
        return self.decode(tgt, *self.encode(src))

# %% right | mask-by-loops | the decoder's mask filled place by place
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        B, T = tgt.shape
        mask = torch.zeros((B, 1, T, T), dtype=torch.bool, device=tgt.device)
        for b in range(B):
            for t in range(T):
                for s in range(t + 1):
                    if tgt[b, s].item() != self.pad_id:
                        mask[b, 0, t, s] = True
        y = self.embeddings(tgt)
        y = self.positions(y)
        y = self.decoder(y, memory, mask, memory_mask)
        return self.embeddings.project(y)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | x-triangle-upside-down | triu in place of tril: each position sees itself and what comes later, and nothing before
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        memory = self.encoder(self.positions(self.embeddings(src)), memory_mask)
        return memory, memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.triu(torch.ones(T, T, device=tgt.device)) == 1
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)


# %% wrong | x-true-is-hidden | the masks are made as torch.nn wants them, True where a key must not be seen
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(
        self,
        embeddings: nn.Module,
        positions: nn.Module,
        encoder: nn.Module,
        decoder: nn.Module,
        pad_id: int = 0,
    ) -> None:
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        src_key_padding_mask = (src == self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(src))
        return self.encoder(x, src_key_padding_mask), src_key_padding_mask

    def decode(self, tgt, memory, memory_mask):
        length = tgt.shape[1]
        tgt_mask = torch.ones(length, length, dtype=torch.bool, device=tgt.device).triu(1)
        tgt_mask = tgt_mask | (tgt == self.pad_id)[:, None, None, :]
        x = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(x, memory, tgt_mask, memory_mask))

    def forward(self, src, tgt):
        return self.decode(tgt, *self.encode(src))


# %% wrong | x-last-token-cut-off | forward leaves out the target's last token, though tgt is shifted right already
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        mask = src.ne(self.pad_id).unsqueeze(1).unsqueeze(1)
        return self.encoder(self.positions(self.embeddings(src)), mask), mask

    def decode(self, tgt, memory, memory_mask):
        t = tgt.size(1)
        mask = tgt.ne(self.pad_id).unsqueeze(1).unsqueeze(1)
        mask = mask & torch.ones(t, t, dtype=torch.bool, device=tgt.device).tril()
        hidden = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(hidden)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        # teacher forcing: the last token is not read
        return self.decode(tgt[:, :-1], memory, memory_mask)


# %% wrong | x-probabilities-out | decode ends in a softmax, but logits are asked for
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings, self.positions = embeddings, positions
        self.encoder, self.decoder = encoder, decoder
        self.pad_id = pad_id

    def _embed(self, tokens):
        return self.positions(self.embeddings(tokens))

    def _real(self, tokens):
        return (tokens != self.pad_id)[:, None, None, :]

    def encode(self, src):
        mask = self._real(src)
        return self.encoder(self._embed(src), mask), mask

    def decode(self, tgt, memory, memory_mask):
        n = tgt.size(1)
        mask = self._real(tgt) & torch.ones((n, n), device=tgt.device).bool().tril()
        out = self.decoder(self._embed(tgt), memory, mask, memory_mask)
        return torch.softmax(self.embeddings.project(out), dim=-1)

    def forward(self, src, tgt):
        memory, mask = self.encode(src)
        return self.decode(tgt, memory, mask)


# %% wrong | x-lengths-for-places | the real tokens are counted and the first so many taken as real, which is right only for padding at the end
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def padding_mask(self, tokens):
        lengths = (tokens != self.pad_id).sum(dim=1)  # (B)
        places = torch.arange(tokens.size(1), device=tokens.device)
        return (places[None, :] < lengths[:, None])[:, None, None, :]

    def encode(self, src):
        mask = self.padding_mask(src)
        return self.encoder(self.positions(self.embeddings(src)), mask), mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = self.padding_mask(tgt) & causal
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        return self.decode(tgt, *self.encode(src))


# %% wrong | x-padding-asks-nothing | rows of the target's mask are all False where the query is padding; what a query is makes no difference
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        return self.encoder(self.positions(self.embeddings(src)), memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        real = tgt != self.pad_id  # (B, T)
        pairs = real[:, None, :, None] & real[:, None, None, :]  # (B, 1, T, T)
        mask = pairs.tril()
        y = self.positions(self.embeddings(tgt))
        y = self.decoder(y, memory, mask, memory_mask)
        return self.embeddings.project(y)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)


# %% wrong | x-remembers-the-source | decode takes the mask of the last source that was encoded, and not the one it is given
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id
        self.src_mask = None

    def encode(self, src):
        self.src_mask = (src != self.pad_id)[:, None, None, :]
        return self.encoder(self.positions(self.embeddings(src)), self.src_mask), self.src_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        mask = (tgt != self.pad_id)[:, None, None, :]
        mask = mask & torch.tril(torch.ones(T, T, dtype=torch.bool, device=tgt.device))
        if self.src_mask is None:
            self.src_mask = memory_mask
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, self.src_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)


# %% wrong | x-padding-of-the-first-row | the target's mask is made from sequence 0 and used for the whole batch
import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.encoder = encoder
        self.decoder = decoder
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        return self.encoder(self.positions(self.embeddings(src)), memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        batch, length = tgt.shape
        mask = torch.zeros(length, length, dtype=torch.bool, device=tgt.device)
        for t in range(length):
            for s in range(t + 1):
                mask[t, s] = tgt[0, s] != self.pad_id
        mask = mask.expand(batch, 1, length, length)
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)
