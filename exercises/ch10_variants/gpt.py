"""A decoder-only language model: it predicts the next token, and continues texts with it."""

import torch
from torch import nn


class GPT(nn.Module):
    """Join three parts to a language model, and let it write.

    A decoder that attends to nothing but its own tokens has no cross-attention. So its layers are
    those of an encoder with a causal mask, and the parts are handed in, each of them a module. Your
    own ones of earlier chapters fit, for example:

        GPT(
            Embeddings(100, 64),
            LearnedPositionalEmbedding(32, 64),
            Encoder(2, lambda: EncoderLayer(64, 4, 256, norm_first=True), 64, norm_first=True),
            max_len=32,
        )

    Args:
        embeddings: `embeddings(tokens)` takes (B, T) to vectors (B, T, D), with all factors.
            `embeddings.project(x)` takes (B, T, D) to logits (B, T, V), each row on its own, and
            also (B, D) to (B, V).
        positions: `positions(x)` adds to x (B, T, D) the encoding of the positions 0 to T − 1.
        decoder: `decoder(x, mask)` takes (B, T, D) to (B, T, D), last norm included. Call it with
            positional arguments.
        max_len: Number of tokens that the model can read at once, at least 1.

    Parameters: those of the parts, by the names embeddings.…, positions.… and decoder.…, and no
        others. The parts are used as they are, not copied.

    Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.

    >>> class Parts(nn.Module):  # stands in for each of the parts: the next token is one higher
    ...     def forward(self, x, *others):
    ...         return x[..., None].float() if x.dim() == 2 else x
    ...     def project(self, x):
    ...         return -(x + 1 - torch.arange(10)).abs()
    >>> part = Parts()
    >>> model = GPT(part, part, part, max_len=4)
    >>> model(torch.tensor([[5, 0]])).argmax(dim=-1)
    tensor([[6, 1]])
    >>> model.generate(torch.tensor([[3], [5]]), max_new=4, temperature=0)
    tensor([[3, 4, 5, 6, 7],
            [5, 6, 7, 8, 9]])
    """

    def __init__(
        self, embeddings: nn.Module, positions: nn.Module, decoder: nn.Module, max_len: int
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Predict, at each position, the token that follows.

        Args:
            tokens: (B, T), int64, 1 ≤ T ≤ max_len. There is no padding. They are not changed.

        Returns:
            Logits (B, T, V): at position t those of the token after tokens[:, t]. The decoder's
            mask is Boolean, (T, T), True at (t, s) where s ≤ t. The decoder runs once. Gradients
            reach the parameters of all parts.

        Raises:
            ValueError: T is larger than max_len.
        """
        raise NotImplementedError

    def generate(
        self,
        tokens: torch.Tensor,
        max_new: int,
        temperature: float = 1.0,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """Continue each row by max_new tokens, one after the other.

        Each new token is chosen by what the model predicts after all tokens so far, those that it
        chose itself included. Where these are more than max_len, it reads the last max_len of them,
        as if the text began there. Each row is a text of its own.

        Args:
            tokens: The beginnings (prompts), (B, T), int64. T is at least 1, and may be above
                max_len. They are not changed.
            max_new: Number of tokens to append, at least 0.
            temperature: 0 takes the token with the largest logit. Otherwise it is at
                least 0.001, and the token is drawn: the logits are divided by the
                temperature, and their softmax over the whole vocabulary gives the
                probabilities. Each row draws on its own.
            generator: Where all random numbers come from: two generators in the same state give the
                same tokens. It lives on the device of tokens. None takes torch's own.

        Returns:
            (B, T + max_new), int64, the beginnings included. No module's mode is switched, not even
            for the time of the call: whoever wants no dropout calls `eval()` first.
        """
        raise NotImplementedError
