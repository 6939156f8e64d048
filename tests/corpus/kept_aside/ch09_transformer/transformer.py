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
