# %% wrong | rolls-the-prompt | With a prompt of max_len tokens or more, the window is a view into the prompt and is rolled in place, which changes the argument ('They are not changed').
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
            if window.shape[1] < self.max_len:
                window = torch.cat([window, next_token], dim=1)
            else:
                window[:, :-1] = window[:, 1:].clone()
                window[:, -1:] = next_token
        return torch.cat(pieces, dim=1)

# %% wrong | full-stop-at-zero | Token 0 is taken for an end of text: a row that has chosen it gets only zeros from there on, although the stub knows no such token.
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
        for step in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                logits = logits - logits.max(dim=-1, keepdim=True).values
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            if step > 0:
                new = new.masked_fill(tokens[:, -1:] == 0, 0)
            tokens = torch.cat([tokens, new], dim=1)
        return tokens

# %% wrong | mask-by-keyword | The decoder is called with mask=..., where the stub says positional arguments: a part with another parameter name fails.
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
        h = self.decoder(h, mask=allowed)
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

# %% wrong | cold-is-greedy | Every temperature below 0.1 is treated as 0, although the stub draws for all temperatures above 0; logits that lie close together show it.
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
        if temperature < 0.1:
            return logits.max(dim=-1).indices
        top = logits.max(dim=-1, keepdim=True)[0]
        weights = torch.exp((logits.double() - top.double()) / temperature)
        return torch.multinomial(weights, 1, generator=generator).squeeze(1)

# %% right | dart-and-searchsorted | a sampler class, inverse of the cumulated weights, setattr in a loop
import torch
from torch import nn


class Sampler:
    """Chooses one token for each row of logits."""

    def __init__(self, temperature, generator):
        self.temperature = temperature
        self.generator = generator

    def __call__(self, logits):
        if not self.temperature:
            return logits.sort(dim=-1, descending=True, stable=True).indices[:, :1]
        shifted = (logits.double() - logits.double().amax(dim=-1, keepdim=True)) / self.temperature
        cumulated = shifted.exp().cumsum(dim=-1)
        dart = torch.rand(
            len(logits), 1, dtype=torch.float64, device=logits.device, generator=self.generator
        )
        return torch.searchsorted(cumulated, dart * cumulated[:, -1:], right=True)


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len: int):
        super().__init__()
        for name, part in [("embeddings", embeddings), ("positions", positions), ("decoder", decoder)]:
            setattr(self, name, part)
        self.max_len = max_len

    def forward(self, tokens):
        T = tokens.size(-1)
        if T > self.max_len:
            raise ValueError("tokens must not be longer than max_len")
        mask = torch.ones((T, T), device=tokens.device).cumsum(dim=1)
        mask = mask <= torch.arange(1, T + 1, device=tokens.device).unsqueeze(1)
        return self.embeddings.project(self.decoder(self.positions(self.embeddings(tokens)), mask))

    @torch.no_grad()
    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        sample = Sampler(temperature, generator)
        text = tokens.clone()
        while text.size(1) < tokens.size(1) + max_new:
            text = torch.hstack([text, sample(self(text[:, -self.max_len:])[:, -1])])
        return text

# %% right | reduce-and-gumbel | functools.reduce, Gumbel noise and argmax, closures
import functools

import torch
from torch import nn


class GPT(nn.Module):
    def __init__(self, embeddings, positions, decoder, max_len):
        super().__init__()
        self.max_len, self.decoder = max_len, decoder
        self.positions, self.embeddings = positions, embeddings

    def forward(self, tokens):
        if (n := tokens.shape[1]) > self.max_len:
            raise ValueError(n)
        mask = torch.tril(tokens.new_ones(n, n)).bool()
        return self.embeddings.project(self.decoder(self.positions(self.embeddings(tokens)), mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        def gumbel(logits):
            u = torch.rand(logits.shape, dtype=torch.float64, device=logits.device, generator=generator)
            return -torch.log(-torch.log(u.clamp(min=1e-300)))

        def step(text, _):
            scores = self(text[:, -self.max_len:]).detach().select(1, -1)
            if temperature != 0:
                top = scores.max(-1, keepdim=True).values
                scores = (scores - top).double() / temperature + gumbel(scores)
            return torch.cat([text, scores.argmax(-1, keepdim=True)], dim=-1)

        return functools.reduce(step, range(max_new), tokens)

# %% wrong | x-quiet-while-it-writes | generate switches to evaluation and back by itself, but the modules have to stay as they are
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
            raise ValueError(f"{T} tokens are more than {self.max_len}")
        mask = torch.ones(T, T, dtype=torch.bool, device=tokens.device).tril()
        x = self.decoder(self.positions(self.embeddings(tokens)), mask)
        return self.embeddings.project(x)

    @torch.no_grad()
    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        was_training = self.training
        self.eval()
        for _ in range(max_new):
            logits = self(tokens[:, -self.max_len :])[:, -1]
            if temperature == 0:
                new = logits.argmax(dim=-1, keepdim=True)
            else:
                probs = (logits / temperature).softmax(dim=-1)
                new = torch.multinomial(probs, 1, generator=generator)
            tokens = torch.cat([tokens, new], dim=1)
        self.train(was_training)
        return tokens


# %% wrong | x-window-one-short | generate reads the last max_len − 1 tokens, to leave room for the new one
import torch
from torch import nn


class GPT(nn.Module):
    def __init__(
        self, embeddings: nn.Module, positions: nn.Module, decoder: nn.Module, max_len: int
    ) -> None:
        super().__init__()
        self.embeddings = embeddings
        self.positions = positions
        self.decoder = decoder
        self.max_len = max_len

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        if tokens.shape[1] > self.max_len:
            raise ValueError("the text is too long")
        place = torch.arange(tokens.shape[1], device=tokens.device)
        mask = place[:, None] >= place[None, :]
        h = self.positions(self.embeddings(tokens))
        return self.embeddings.project(self.decoder(h, mask))

    def generate(self, tokens, max_new, temperature=1.0, generator=None):
        room = max(self.max_len - 1, 1)
        with torch.no_grad():
            for _ in range(max_new):
                logits = self.forward(tokens[:, -room:])[:, -1, :]
                if temperature == 0:
                    choice = torch.argmax(logits, dim=-1)
                else:
                    p = torch.softmax(logits / temperature, dim=-1)
                    choice = torch.multinomial(p, 1, generator=generator).squeeze(1)
                tokens = torch.cat((tokens, choice.unsqueeze(1)), dim=1)
        return tokens
