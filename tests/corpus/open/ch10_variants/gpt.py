# %% wrong | no-mask | The decoder is called without the causal mask, so positions see what they have to predict ('The decoder's mask is Boolean, (T, T), True at (t, s) where s <= t').
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | true-means-hidden | The mask is True above the diagonal, as in nn.MultiheadAttention, where the stub wants True at s <= t.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.triu(torch.ones(T, T, dtype=torch.bool, device=tokens.device), diagonal=1)
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | additive-mask | The mask is float, with 0 and minus infinity, where the stub says Boolean.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.full((T, T), float("-inf"), device=tokens.device).triu(1)
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | not-itself | The mask is strictly lower triangular, so a position cannot see itself (True at s <= t is asked for).
from __future__ import annotations

import torch
from torch import Tensor, nn


def causal(n: int, device: torch.device) -> Tensor:
    """True where the key is not to the right of the query."""
    place = torch.arange(n, device=device)
    return place[None, :] < place[:, None]


class GPT(nn.Module):
    def __init__(
        self, embeddings: nn.Module, positions: nn.Module, decoder: nn.Module, max_len: int
    ) -> None:
        super().__init__()
        self.embeddings, self.positions, self.decoder = embeddings, positions, decoder
        self.max_len = max_len

    def _read(self, tokens: Tensor) -> Tensor:
        vectors = self.embeddings(tokens)
        vectors = self.positions(vectors)
        return self.decoder(vectors, causal(tokens.shape[1], tokens.device))

    def forward(self, tokens: Tensor) -> Tensor:
        if tokens.shape[1] > self.max_len:
            raise ValueError("text longer than max_len")
        return self.embeddings.project(self._read(tokens))

    @torch.no_grad()
    def generate(
        self,
        tokens: Tensor,
        max_new: int,
        temperature: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        rows, start = tokens.shape
        text = tokens.new_zeros(rows, start + max_new)
        text[:, :start] = tokens
        for end in range(start, start + max_new):
            begin = max(0, end - self.max_len)
            hidden = self._read(text[:, begin:end])
            logits = self.embeddings.project(hidden[:, -1])
            text[:, end] = self._pick(logits, temperature, generator)
        return text

    def _pick(self, logits: Tensor, temperature: float, generator) -> Tensor:
        if temperature == 0:
            return logits.max(dim=-1).indices
        top = logits.max(dim=-1, keepdim=True)[0]
        weights = torch.exp((logits.double() - top.double()) / temperature)
        return torch.multinomial(weights, 1, generator=generator).squeeze(1)

# %% wrong | mask-of-the-batch | The mask has the size of the batch, as for sequence-first tensors; (T, T) only where B = T.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        n = tokens.size(0)
        mask = torch.ones(n, n, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | first-max-len | Long texts are cut to their first max_len tokens, where the stub reads the last max_len of them.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, : self.max_len])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | limit-one-too-early | A text of exactly max_len tokens is refused, although T <= max_len is allowed; generation reads one token fewer to fit.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T >= self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -(self.max_len - 1) :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | too-long-is-cut | forward cuts a text that is too long without a word instead of raising ValueError.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        tokens = tokens[:, -self.max_len :]
        T = tokens.size(1)
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens)[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | times-temperature | The logits are multiplied by the temperature instead of divided by it.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits * temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | divided-after-softmax | The probabilities are divided, not the logits; torch.multinomial normalises them again, so that the temperature has no effect at all.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        batch_size, seq_len = tokens.shape
        # step 0: is there enough room?
        if seq_len > self.max_len:
            raise ValueError("sequence too long")
        # step 1: the mask, row by row
        mask = torch.zeros(seq_len, seq_len, dtype=torch.bool, device=tokens.device)
        for t in range(seq_len):
            mask[t, : t + 1] = True
        # step 2: vectors with positions
        x = self.embeddings(tokens)
        x = self.positions(x)
        # step 3: the layers
        x = self.decoder(x, mask)
        # step 4: scores for the vocabulary
        return self.embeddings.project(x)

    @torch.no_grad()
    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        pieces = [tokens]
        window = tokens[:, -self.max_len:]
        for step in range(max_new):
            all_logits = self.forward(window)
            logits = all_logits[:, all_logits.shape[1] - 1, :]
            if temperature == 0:
                next_token = torch.argmax(logits, dim=1)
            else:
                biggest = torch.max(logits, dim=1, keepdim=True)[0]
                probabilities = torch.softmax(logits - biggest, dim=1) / temperature
                next_token = torch.cat(
                    [torch.multinomial(p, 1, generator=generator) for p in probabilities]
                )
            next_token = next_token.reshape(-1, 1)
            pieces.append(next_token)
            window = torch.cat([window, next_token], dim=1)[:, -self.max_len:]
        return torch.cat(pieces, dim=1)

# %% wrong | generator-forgotten | torch.multinomial draws from torch's own generator, although all random numbers must come from the one handed in.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | one-dart-for-all-rows | One uniform number is drawn for the whole batch, so rows with the same text always continue alike ('Each row draws on its own').
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                dart = torch.rand(1, generator=generator, device=tokens.device)
                new = (probs.cumsum(-1) < dart).sum(-1, keepdim=True).clamp(max=probs.size(-1) - 1)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | left-in-eval | generate switches to evaluation mode and never back ('the modules stay as they are').
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        self.eval()
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | top-50 | Only the 50 largest logits are kept before drawing, a habit from elsewhere: with more tokens than that the probabilities are not the softmax of the logits.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                best = logits.topk(min(50, logits.size(-1)), dim=-1).values
                logits = logits.masked_fill(logits < best[:, -1:], float("-inf"))
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | mask-remembered | The mask of the first call is kept and used for every later call, also where T is another (the mask must be (T, T)).
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len
        self.mask = None

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        if self.mask is None:
            self.mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, self.mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | forward-without-gradients | torch.no_grad stands above forward, where the stub says that gradients reach the parameters of all parts.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    @torch.no_grad()
    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% right | plain | short, softmax and multinomial
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(1)
        if T > self.max_len:
            raise ValueError(f"{T} tokens, but the model reads only {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(x, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% right | filled-in-place | typed, helpers, a result allocated first, only the last vector projected, float64 weights
from __future__ import annotations

import torch
from torch import Tensor, nn


def causal(n: int, device: torch.device) -> Tensor:
    """True where the key is not to the right of the query."""
    place = torch.arange(n, device=device)
    return place[None, :] <= place[:, None]


class GPT(nn.Module):
    def __init__(
        self, embeddings: nn.Module, positions: nn.Module, decoder: nn.Module, max_len: int
    ) -> None:
        super().__init__()
        self.embeddings, self.positions, self.decoder = embeddings, positions, decoder
        self.max_len = max_len

    def _read(self, tokens: Tensor) -> Tensor:
        vectors = self.embeddings(tokens)
        vectors = self.positions(vectors)
        return self.decoder(vectors, causal(tokens.shape[1], tokens.device))

    def forward(self, tokens: Tensor) -> Tensor:
        if tokens.shape[1] > self.max_len:
            raise ValueError("text longer than max_len")
        return self.embeddings.project(self._read(tokens))

    @torch.no_grad()
    def generate(
        self,
        tokens: Tensor,
        max_new: int,
        temperature: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        rows, start = tokens.shape
        text = tokens.new_zeros(rows, start + max_new)
        text[:, :start] = tokens
        for end in range(start, start + max_new):
            begin = max(0, end - self.max_len)
            hidden = self._read(text[:, begin:end])
            logits = self.embeddings.project(hidden[:, -1])
            text[:, end] = self._pick(logits, temperature, generator)
        return text

    def _pick(self, logits: Tensor, temperature: float, generator) -> Tensor:
        if temperature == 0:
            return logits.max(dim=-1).indices
        top = logits.max(dim=-1, keepdim=True)[0]
        weights = torch.exp((logits.double() - top.double()) / temperature)
        return torch.multinomial(weights, 1, generator=generator).squeeze(1)

# %% right | endless-race | an endless Python generator, the exponential race in place of multinomial, add_module
import torch
import torch.nn as nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.add_module("embeddings", embeddings)
        self.add_module("positions", positions)
        self.add_module("decoder", decoder)
        self.max_len = max_len

    def forward(self, tokens):
        n = tokens.shape[1]
        if not n <= self.max_len:
            raise ValueError("at most %d tokens, got %d" % (self.max_len, n))
        hidden = torch.triu(torch.ones(n, n, device=tokens.device), diagonal=1)
        allowed = hidden == 0
        h = self.embeddings(tokens)
        h = self.positions(h)
        h = self.decoder(h, allowed)
        logits = self.embeddings.project(h)
        return logits

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        def continued(text):
            while True:
                choice = self._choose(text, temperature, generator)
                text = torch.cat((text, choice.unsqueeze(1)), 1)
                yield text

        result = tokens.clone()
        for _, result in zip(range(max_new), continued(tokens)):
            pass
        return result

    @torch.no_grad()
    def _choose(self, text, temperature, generator):
        last = self.forward(text[:, max(text.shape[1] - self.max_len, 0):])[:, -1, :]
        if temperature > 0:
            # the exponential race: the smallest of E_i / p_i wins with probability p_i
            log_p = torch.log_softmax((last - last.amax(-1, keepdim=True)).double() / temperature, dim=-1)
            race = torch.empty_like(log_p).exponential_(generator=generator)
            return (log_p - race.log()).argmax(-1)
        return last.argmax(-1)

# %% right | verbose | verbose student code, mask by a loop, row-by-row draws, a window kept apart
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        batch_size, seq_len = tokens.shape
        # step 0: is there enough room?
        if seq_len > self.max_len:
            raise ValueError("sequence too long")
        # step 1: the mask, row by row
        mask = torch.zeros(seq_len, seq_len, dtype=torch.bool, device=tokens.device)
        for t in range(seq_len):
            mask[t, : t + 1] = True
        # step 2: vectors with positions
        x = self.embeddings(tokens)
        x = self.positions(x)
        # step 3: the layers
        x = self.decoder(x, mask)
        # step 4: scores for the vocabulary
        return self.embeddings.project(x)

    @torch.no_grad()
    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        pieces = [tokens]
        window = tokens[:, -self.max_len:]
        for step in range(max_new):
            all_logits = self.forward(window)
            logits = all_logits[:, all_logits.shape[1] - 1, :]
            if temperature == 0:
                next_token = torch.argmax(logits, dim=1)
            else:
                biggest = torch.max(logits, dim=1, keepdim=True)[0]
                probabilities = torch.softmax((logits - biggest) / temperature, dim=1)
                next_token = torch.cat(
                    [torch.multinomial(p, 1, generator=generator) for p in probabilities]
                )
            next_token = next_token.reshape(-1, 1)
            pieces.append(next_token)
            window = torch.cat([window, next_token], dim=1)[:, -self.max_len:]
        return torch.cat(pieces, dim=1)

# %% wrong | one-noise-for-all-rows | Adds the same Gumbel noise to the logits of every row.
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens):
        batch_size, seq_len = tokens.shape
        # step 0: is there enough room?
        if seq_len > self.max_len:
            raise ValueError("sequence too long")
        # step 1: the mask, row by row
        mask = torch.zeros(seq_len, seq_len, dtype=torch.bool, device=tokens.device)
        for t in range(seq_len):
            mask[t, : t + 1] = True
        # step 2: vectors with positions
        x = self.embeddings(tokens)
        x = self.positions(x)
        # step 3: the layers
        x = self.decoder(x, mask)
        # step 4: scores for the vocabulary
        return self.embeddings.project(x)

    @torch.no_grad()
    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        pieces = [tokens]
        window = tokens[:, -self.max_len:]
        for step in range(max_new):
            all_logits = self.forward(window)
            logits = all_logits[:, all_logits.shape[1] - 1, :]
            if temperature == 0:
                next_token = torch.argmax(logits, dim=1)
            else:
                biggest = torch.max(logits, dim=1, keepdim=True)[0]
                probabilities = torch.softmax((logits - biggest) / temperature, dim=1)
                noise = torch.rand(logits.shape[1], generator=generator)
                next_token = (probabilities.log() - (-noise.log()).log()).argmax(dim=1)
            next_token = next_token.reshape(-1, 1)
            pieces.append(next_token)
            window = torch.cat([window, next_token], dim=1)[:, -self.max_len:]
        return torch.cat(pieces, dim=1)
