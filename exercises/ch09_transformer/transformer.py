"""The Transformer: an encoder reads the source, a decoder predicts the target."""

import torch
from torch import nn


class Transformer(nn.Module):
    """Join four parts to a model from tokens to logits.

    The parts are handed in, each of them a module. Your own ones of earlier chapters fit, for
    example:

        Transformer(
            Embeddings(100, 64),
            PositionalEncoding(64, dropout=0.1),
            Encoder(2, lambda: EncoderLayer(64, 4, 256, dropout=0.1), 64),
            Decoder(2, lambda: DecoderLayer(64, 4, 256, dropout=0.1), 64),
        )

    Source and target share one vocabulary, and the embeddings are used three times: for the
    source, for the target, and for the logits.

    torch's own `nn.Transformer`, its encoder and decoder and the mask that it generates
    are off limits here.

    Args:
        embeddings: `embeddings(tokens)` takes (B, T) to vectors (B, T, D), with all factors.
            `embeddings.project(x)` takes (B, T, D) to logits (B, T, V).
        positions: `positions(x)` adds to x (B, T, D) the encoding of the positions 0 to T − 1. In
            training it also drops out, so no further dropout is needed here.
        encoder: `encoder(x, mask)` takes (B, S, D) to the memory (B, S, D).
        decoder: `decoder(x, memory, mask, memory_mask)` takes (B, T, D) and the memory (B, S, D) to
            (B, T, D). `mask` is for its self-attention, `memory_mask` for its attention to the
            memory. Encoder and decoder are called with their arguments in this order or by these
            names. They contain the last norm, where there is one.
        pad_id: The token of padding. It may be any token of the vocabulary but BOS.

    Parameters: those of the parts, by the names embeddings.…, positions.…, encoder.… and decoder.…,
        and no others. The parts are used as they are, not copied.

    Masks are Boolean, True where a query may attend to a key. Keys that are padding are hidden in
    all three kinds of attention, and in the decoder's self-attention later tokens as well. What a
    query is makes no other difference: at a position that is padding, something comes out, too.

    Source: Vaswani et al. 2017, "Attention Is All You Need", section 3 and figure 1.

    >>> class Parts(nn.Module):  # stands in for each of the parts: a token becomes its number
    ...     def forward(self, x, *others, **named):
    ...         return x[..., None].float() if x.dim() == 2 else x
    ...     def project(self, x):
    ...         return torch.cat([x, -x], dim=-1)
    >>> part = Parts()
    >>> model = Transformer(part, part, part, part)
    >>> model(src=torch.tensor([[5, 6, 7]]), tgt=torch.tensor([[1, 4]]))
    tensor([[[ 1., -1.],
             [ 4., -4.]]])
    >>> memory, memory_mask = model.encode(torch.tensor([[5, 6, 0]]))
    >>> memory_mask
    tensor([[[[ True,  True, False]]]])
    """

    def __init__(
        self,
        embeddings: nn.Module,
        positions: nn.Module,
        encoder: nn.Module,
        decoder: nn.Module,
        pad_id: int = 0,
    ) -> None:
        super().__init__()
        raise NotImplementedError

    def encode(self, src: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Read the source.

        Args:
            src: (B, S), int64. Padding can stand anywhere. It is not changed.

        Returns:
            memory: (B, S, D), what the encoder gives.
            memory_mask: Boolean, (B, 1, 1, S), True where the source token is real. It is the
                encoder's mask as well.
        """
        raise NotImplementedError

    def decode(
        self, tgt: torch.Tensor, memory: torch.Tensor, memory_mask: torch.Tensor
    ) -> torch.Tensor:
        """Predict a token at each position of the target.

        Args:
            tgt: (B, T), int64, the target as the decoder reads it, shifted right already: row b
                begins with BOS. Padding can stand anywhere else. It is not changed.
            memory: (B, S, D), of `encode`.
            memory_mask: Boolean, (B, 1, 1, S), of `encode`.

        Returns:
            Logits (B, T, V): at position t those of the token that follows tgt[:, t]. The decoder's
            mask is Boolean, (B, 1, T, T), True at (b, 0, t, s) where s ≤ t and tgt[b, s] is not
            padding.
        """
        raise NotImplementedError

    def forward(self, src: torch.Tensor, tgt: torch.Tensor) -> torch.Tensor:
        """Encode the source and decode the target, as in training.

        Each of the two stacks runs once in a call. Nothing is kept from one call to the next.

        Args:
            src: (B, S), int64, as in `encode`.
            tgt: (B, T), int64, as in `decode`. S and T may differ.

        Returns:
            Logits (B, T, V). Gradients reach the parameters of all parts.
        """
        raise NotImplementedError
