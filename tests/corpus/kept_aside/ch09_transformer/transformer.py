# %% wrong | encoder-unmasked | The encoder is called without a mask, so its padding is seen; the mask goes to the memory's attention only.
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
        return self.encoder(x, None), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | one-mask-for-the-batch | The decoder's padding is that of the first row of the batch, so it is right only for a batch of 1.
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
        mask = ((tgt[0] != self.pad_id) & causal).expand(tgt.size(0), 1, T, T)
        y = self.positions(self.embeddings(tgt))
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% wrong | encodes-twice | forward calls encode once for the memory and once for the mask, but each stack runs once in a call (and dropout differs).
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
        memory = self.encode(src)[0]
        memory_mask = self.encode(src)[1]
        return self.decode(tgt, memory, memory_mask)

# %% wrong | target-without-positions | The target's vectors go to the decoder without positions.
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
        y = self.embeddings(tgt)
        return self.embeddings.project(self.decoder(y, memory, mask, memory_mask))

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% right | stack-of-rows | the causal part from cumsum of an identity, masks by multiplying
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
        real = ~torch.eq(src, self.pad_id)
        mask = real.view(src.shape[0], 1, 1, src.shape[1]) if real.is_contiguous() else real[:, None, None]
        return self.encoder(self.positions(self.embeddings(src)), mask), mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.shape[1]
        lower = torch.eye(T, dtype=torch.int64, device=tgt.device).cumsum(dim=0)
        real = (tgt != self.pad_id).to(torch.int64)
        mask = (real.unsqueeze(1) * lower.unsqueeze(0)).bool().unsqueeze(1)
        hidden = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(hidden)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)

# %% right | prefix-list | one row of the mask at a time, stacked; forward does all by itself
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

    def source_mask(self, src):
        return torch.where(src == self.pad_id, False, True)[:, None, None, :]

    def target_mask(self, tgt):
        real = torch.where(tgt == self.pad_id, False, True)
        rows = []
        for t in range(tgt.size(1)):
            row = real.clone()
            row[:, t + 1 :] = False
            rows.append(row)
        return torch.stack(rows, dim=1).unsqueeze(1)

    def encode(self, src):
        mask = self.source_mask(src)
        return self.encoder(self.positions(self.embeddings(src)), mask), mask

    def decode(self, tgt, memory, memory_mask):
        y = self.positions(self.embeddings(tgt))
        y = self.decoder(y, memory, self.target_mask(tgt), memory_mask)
        return self.embeddings.project(y)

    def forward(self, src, tgt):
        src_mask = self.source_mask(src)
        memory = self.encoder(self.positions(self.embeddings(src)), src_mask)
        y = self.decoder(self.positions(self.embeddings(tgt)), memory, self.target_mask(tgt), src_mask)
        return self.embeddings.project(y)

# %% wrong | x-parts-copied | the parts are deep-copied, so training the model leaves the parts that were handed in as they were
import copy

import torch
from torch import nn


class Transformer(nn.Module):
    def __init__(self, embeddings, positions, encoder, decoder, pad_id=0):
        super().__init__()
        c = copy.deepcopy
        self.embeddings = c(embeddings)
        self.positions = c(positions)
        self.encoder = c(encoder)
        self.decoder = c(decoder)
        self.pad_id = pad_id

    def encode(self, src):
        memory_mask = (src != self.pad_id)[:, None, None, :]
        return self.encoder(self.positions(self.embeddings(src)), memory_mask), memory_mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(-1)
        subsequent = torch.ones(1, 1, T, T, device=tgt.device, dtype=torch.bool).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & subsequent
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)


# %% wrong | x-encoder-run-twice | forward calls encode once for the memory and once for the mask, so the encoder runs twice
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
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        return self.decode(tgt, memory=self.encode(src)[0], memory_mask=self.encode(src)[1])


# %% wrong | x-no-position-on-the-target | only the source gets positions, the target's embeddings go into the decoder bare
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
        mask = (src != self.pad_id)[:, None, None, :]
        x = self.embeddings(src)
        x = self.positions(x)
        memory = self.encoder(x, mask)
        return memory, mask

    def decode(self, tgt, memory, memory_mask):
        T = tgt.size(1)
        mask = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = mask & (tgt != self.pad_id)[:, None, None, :]
        x = self.embeddings(tgt)
        x = self.decoder(x, memory, mask, memory_mask)
        logits = self.embeddings.project(x)
        return logits

    def forward(self, src, tgt):
        memory, mask = self.encode(src)
        return self.decode(tgt, memory, mask)


# %% wrong | x-mask-of-numbers | the target's mask is a product of whole numbers, 1 and 0, and not Boolean
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
        T = tgt.size(1)
        causal = torch.ones_like(tgt[0]).expand(T, T).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] * causal
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)


# %% right | x-mask-by-comparison | the mask by comparing places, one private method for both inputs, parts registered in a loop
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
        parts = dict(embeddings=embeddings, positions=positions, encoder=encoder, decoder=decoder)
        for name, part in parts.items():
            self.add_module(name, part)
        self.pad_id = pad_id

    def _prepare(self, tokens):
        real = tokens.ne(self.pad_id)
        return self.positions(self.embeddings(tokens)), real.reshape(len(tokens), 1, 1, -1)

    def encode(self, src):
        x, real = self._prepare(src)
        return self.encoder(x, real), real

    def decode(self, tgt, memory, memory_mask):
        x, real = self._prepare(tgt)
        place = torch.arange(tgt.size(1), device=tgt.device)
        not_later = place.unsqueeze(0).le(place.unsqueeze(1))
        x = self.decoder(x, memory, torch.logical_and(real, not_later), memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src=src)
        return self.decode(tgt=tgt, memory=memory, memory_mask=memory_mask)

# %% wrong | x-causal-while-learning | later tokens are hidden in training mode only; the decoder's mask must be causal in evaluation, too
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
        T = tgt.size(1)
        mask = (tgt != self.pad_id)[:, None, None, :].expand(-1, 1, T, T)
        if self.training:
            # when the model writes, there are no later tokens that could be seen
            mask = mask & torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)


# %% wrong | x-diagonal-always-seen | against empty rows the diagonal is set to True, so a key that is padding is seen by its own position
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
        T = tgt.size(1)
        causal = torch.ones(T, T, dtype=torch.bool, device=tgt.device).tril()
        mask = (tgt != self.pad_id)[:, None, None, :] & causal
        mask = mask | torch.eye(T, dtype=torch.bool, device=tgt.device)  # no NaN from the softmax
        x = self.decoder(self.positions(self.embeddings(tgt)), memory, mask, memory_mask)
        return self.embeddings.project(x)

    def forward(self, src, tgt):
        memory, memory_mask = self.encode(src)
        return self.decode(tgt, memory, memory_mask)
