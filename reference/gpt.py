"""GPT: a decoder with nothing to read but itself, trained to predict the next token.

The same class is a Llama when its configuration says so: RMS norm, rotary positions, gated
feed-forward, grouped queries and no biases (Touvron et al. 2023).
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from reference.cache import KVCache
from reference.config import TransformerConfig
from reference.decoding import continue_tokens, filter_logits, sample_token
from reference.embeddings import Embeddings
from reference.encoder import Encoder
from reference.initial import initialise_normal
from reference.multi_head import Cache
from reference.position_scheme import PositionScheme


class GPT(nn.Module):
    """Decoder-only language model (Radford et al. 2019). Presets: "gpt2" and "llama".

    An encoder layer whose attention is causal is all a decoder needs that has no source to attend
    to, hence the `Encoder` inside. Raises ValueError where the configuration has encoder layers or
    no decoder layers.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        if config.n_encoder_layers or not config.n_decoder_layers:
            raise ValueError("A GPT has decoder layers and no encoder layers.")
        self.config = config
        self.embeddings = Embeddings(config.vocab_size, config.d_model, config.scale_embeddings)
        self.positions = PositionScheme(config, bidirectional=False)
        self.dropout = nn.Dropout(config.dropout)
        self.decoder = Encoder(config.n_decoder_layers, config)
        self.output = (
            nn.Identity()
            if config.tie_output
            else nn.Linear(config.d_model, config.vocab_size, bias=False)
        )
        self._initialise()

    def _initialise(self) -> None:
        """Every layer adds two terms to the residual stream; dividing them by √(2L) keeps its
        variance from growing with the depth (Radford et al. 2019, section 2.3)."""
        initialise_normal(self)
        std = 0.02 / math.sqrt(2 * self.config.n_decoder_layers)
        for name, parameter in self.named_parameters():
            if name.endswith(("w_o.weight", "linear2.weight", "down.weight")):
                nn.init.normal_(parameter, std=std)

    def hidden_states(
        self, tokens: Int[Tensor, "B T"], caches: Sequence[Cache] | None = None
    ) -> Float[Tensor, "B T D"]:
        """What the last layer makes of each token, given the ones before it."""
        past = caches[0].length if caches else 0
        x = self.dropout(self.positions.add_to(self.embeddings(tokens), past))
        options = self.positions.for_attention(tokens.size(1), past, tokens.device)
        output: Tensor = self.decoder(x, caches=caches, causal=True, **options)
        return output

    def logits(self, x: Float[Tensor, "*batch D"]) -> Float[Tensor, "*batch V"]:
        """Hidden states to scores over the vocabulary, by the token embedding itself when tied."""
        if self.config.tie_output:
            return self.embeddings.project(x)
        output: Tensor = self.output(x)
        return output

    def forward(
        self, tokens: Int[Tensor, "B T"], caches: Sequence[Cache] | None = None
    ) -> Float[Tensor, "B T V"]:
        """At every position the logits of the token that follows.

        With `caches`, one per layer, `tokens` are only the new ones, as many as wanted at a time,
        and the result equals that of the full pass at their positions.
        """
        return self.logits(self.hidden_states(tokens, caches))

    def caches(self, capacity: int = 64) -> list[KVCache]:
        """One empty cache per layer, with room for `capacity` tokens before it has to grow."""
        return [KVCache(capacity) for _ in range(self.config.n_decoder_layers)]

    def generate(
        self,
        tokens: Int[Tensor, "B T"],
        max_new: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        eos_id: int | None = None,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "B T2"]:
        """The prompt and at most `max_new` tokens after it; each is computed once.

        Temperature 0 takes the most probable token; otherwise one is sampled, as `filter_logits`
        describes. Call `eval()` first, or dropout disturbs the choice. Raises ValueError where
        prompt and new tokens together exceed `max_len`.
        """
        length = tokens.size(1) + max_new
        if length > self.config.max_len:
            raise ValueError(f"{length} tokens are more than max_len={self.config.max_len}.")
        caches = self.caches(length)

        def step(tokens: Tensor) -> Tensor:
            new = tokens[:, caches[0].length :]
            return self.logits(self.hidden_states(new, caches)[:, -1])

        def choose(logits: Tensor) -> Tensor:
            if temperature == 0:
                return logits.argmax(-1)
            return sample_token(filter_logits(logits, top_k, top_p, temperature), generator)

        return continue_tokens(step, tokens, choose, length, eos_id)
