"""The models that are compared: ours, and others of the very same size."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from transformers import GPT2Config, GPT2LMHeadModel

from reference.config import TransformerConfig
from reference.embeddings import Embeddings
from reference.gpt import GPT
from reference.positions import PositionalEncoding
from reference.transformer import Transformer

BOS = 1


@dataclass(frozen=True)
class Size:
    """Of the models and of the work given to them."""

    d_model: int
    n_heads: int
    n_layers: int
    vocab_size: int
    batch: int
    length: int


SIZES = {
    "small": Size(d_model=256, n_heads=8, n_layers=4, vocab_size=4_000, batch=8, length=64),
    "base": Size(d_model=768, n_heads=12, n_layers=12, vocab_size=50_257, batch=16, length=512),
}


def our_config(size: Size, n_encoder_layers: int) -> TransformerConfig:
    return TransformerConfig(
        vocab_size=size.vocab_size,
        max_len=size.length,
        d_model=size.d_model,
        n_heads=size.n_heads,
        n_encoder_layers=n_encoder_layers,
        n_decoder_layers=size.n_layers,
        dropout=0.0,
        norm_first=True,
    )


class TorchTransformer(nn.Module):
    """`torch.nn.Transformer` with our embeddings, positions and projection around it."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.embeddings = Embeddings(size.vocab_size, size.d_model)
        self.positions = PositionalEncoding(size.d_model, max_len=size.length)
        with warnings.catch_warnings():
            # It says that norm_first rules out nested tensors, which nobody here asked for.
            warnings.simplefilter("ignore", UserWarning)
            self.core = nn.Transformer(
                size.d_model,
                size.n_heads,
                size.n_layers,
                size.n_layers,
                4 * size.d_model,
                dropout=0.0,
                batch_first=True,
                norm_first=True,
            )

    def encode(self, src: Tensor) -> tuple[Tensor, Tensor]:
        padding = src == 0
        x = self.positions(self.embeddings(src))
        return self.core.encoder(x, src_key_padding_mask=padding), padding

    def decode(self, tgt: Tensor, memory: Tensor, padding: Tensor) -> Tensor:
        x: Tensor = self.core.decoder(
            self.positions(self.embeddings(tgt)),
            memory,
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(
                tgt.size(1), tgt.device, memory.dtype
            ),
            tgt_is_causal=True,
            memory_key_padding_mask=padding,
        )
        return x

    def forward(self, src: Tensor, tgt: Tensor) -> Tensor:
        return self.embeddings.project(self.decode(tgt, *self.encode(src)))

    @torch.no_grad()
    def decoding_step(self, src: Tensor) -> Callable[[Tensor], Tensor]:
        """It has no cache: every step decodes all tokens again."""
        memory, padding = self.encode(src)
        return lambda tokens: self.embeddings.project(self.decode(tokens, memory, padding)[:, -1])


def encoder_decoders(size: Size) -> tuple[Transformer, TorchTransformer]:
    """Ours and PyTorch's."""
    ours, theirs = Transformer(our_config(size, size.n_layers)), TorchTransformer(size)
    check_same_size(ours, theirs)
    return ours, theirs


def decoders(size: Size) -> tuple[GPT, Any]:
    """Ours and GPT-2 of `transformers`, which has no useful static type."""
    config = replace(
        our_config(size, n_encoder_layers=0),
        activation="gelu_tanh",
        positions="learned",
        scale_embeddings=False,
    )
    theirs = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=size.vocab_size,
            n_positions=size.length,
            n_embd=size.d_model,
            n_layer=size.n_layers,
            n_head=size.n_heads,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            activation_function="gelu_pytorch_tanh",  # its default is the same function, slower
            bos_token_id=BOS,
            eos_token_id=None,
            pad_token_id=0,
        )
    )
    ours = GPT(config)
    check_same_size(ours, theirs)
    return ours, theirs


def check_same_size(ours: nn.Module, theirs: nn.Module) -> None:
    """A comparison of models with different parameter counts would be none."""
    counts = [sum(p.numel() for p in model.parameters()) for model in (ours, theirs)]
    assert counts[0] == counts[1], counts
