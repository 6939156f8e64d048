"""One configuration for every model in this package, and the presets the papers made famous."""

from dataclasses import dataclass
from typing import Literal, TypedDict

AttentionPath = Literal["explicit", "fused"]
NormKind = Literal["layer", "rms"]
ActivationKind = Literal["relu", "gelu", "gelu_tanh", "silu"]
PositionKind = Literal["none", "sinusoidal", "learned", "t5", "rotary", "alibi"]


class AttentionArguments(TypedDict):
    """The keyword arguments of `MultiHeadAttention` and `CrossAttention`."""

    d_model: int
    n_heads: int
    dropout: float
    bias: bool
    n_kv_heads: int | None
    scale_scores: bool
    path: AttentionPath


@dataclass(frozen=True, kw_only=True)
class LayerConfig:
    """Size and choices of one layer, for `EncoderLayer`, `DecoderLayer` and their stacks.

    The defaults are those of Vaswani et al. (2017), but without dropout.

    Raises:
        ValueError: if two fields contradict each other; the sentence names them.
    """

    d_model: int
    n_heads: int
    n_kv_heads: int | None = None  # fewer than n_heads: grouped queries; 1: multi-query
    d_ff: int | None = None  # None: 4 * d_model
    dropout: float = 0.0
    norm: NormKind = "layer"
    norm_first: bool = False
    eps: float = 1e-5
    activation: ActivationKind = "relu"
    gated: bool = False
    bias: bool = True  # of the linear layers
    scale_scores: bool = True  # by 1/√d; T5 folds that factor into its initial weights
    attention: AttentionPath = "fused"

    def __post_init__(self) -> None:
        self._check_positive("d_model", "n_heads", "n_kv_heads", "d_ff")
        if self.d_model % self.n_heads:
            raise ValueError(
                f"d_model={self.d_model} does not divide into n_heads={self.n_heads} equal heads."
            )
        if self.n_heads % self.kv_heads:
            raise ValueError(
                f"n_heads={self.n_heads} does not divide into n_kv_heads={self.kv_heads} groups."
            )
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be in [0, 1), not {self.dropout}.")

    def _check_positive(self, *names: str) -> None:
        for name in names:
            size = getattr(self, name)
            if size is not None and size < 1:
                raise ValueError(f"{name} must be at least 1, not {size}.")

    @property
    def d_head(self) -> int:
        """Width d of one head."""
        return self.d_model // self.n_heads

    @property
    def kv_heads(self) -> int:
        """Number G of heads that keys and values have."""
        return self.n_heads if self.n_kv_heads is None else self.n_kv_heads

    @property
    def ff_width(self) -> int:
        """Inner width of the feed-forward network."""
        return 4 * self.d_model if self.d_ff is None else self.d_ff

    def attention_arguments(self) -> AttentionArguments:
        """What `MultiHeadAttention` and `CrossAttention` take."""
        return AttentionArguments(
            d_model=self.d_model,
            n_heads=self.n_heads,
            dropout=self.dropout,
            bias=self.bias,
            n_kv_heads=self.n_kv_heads,
            scale_scores=self.scale_scores,
            path=self.attention,
        )


@dataclass(frozen=True, kw_only=True)
class TransformerConfig(LayerConfig):
    """Sizes and choices of an encoder, a decoder, or both: of their layers, and around them.

    Lengths are in tokens. The defaults are the base model of Vaswani et al. (2017), section 6.2,
    table 3.
    """

    # Layers
    d_model: int = 512
    n_heads: int = 8
    dropout: float = 0.1
    n_encoder_layers: int = 6
    n_decoder_layers: int = 6
    # Vocabulary and length
    vocab_size: int = 37_000  # of the target, and of the source unless that has its own
    source_vocab_size: int | None = None
    max_len: int = 5_000
    # Order
    positions: PositionKind = "sinusoidal"
    rotary_theta: float = 10_000.0
    relative_buckets: int = 32  # T5
    relative_max_distance: int = 128  # T5
    # Embeddings
    pad_id: int = 0
    scale_embeddings: bool = True  # by √d_model
    tie_output: bool = True  # the output projection is the target embedding
    n_segments: int = 0  # BERT's sentence A and sentence B
    # Images
    image_size: int = 224
    patch_size: int = 16
    n_channels: int = 3
    n_classes: int = 1_000

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_positive("vocab_size", "source_vocab_size", "max_len")
        if min(self.n_encoder_layers, self.n_decoder_layers) < 0:
            raise ValueError("n_encoder_layers and n_decoder_layers must not be negative.")
        if self.n_encoder_layers + self.n_decoder_layers == 0:
            raise ValueError("A Transformer needs at least one encoder or decoder layer.")
        if self.positions == "rotary" and self.d_head % 2:
            raise ValueError(f"Rotary positions need an even head width, not {self.d_head}.")
        if self.image_size % self.patch_size:
            raise ValueError(
                f"image_size={self.image_size} does not divide into patches of {self.patch_size}."
            )


PRESETS: dict[str, TransformerConfig] = {
    "tiny": TransformerConfig(  # trains on a CPU in a minute
        vocab_size=32, max_len=128, d_model=64, n_heads=4, n_encoder_layers=2, n_decoder_layers=2
    ),
    "base": TransformerConfig(),  # Vaswani et al. (2017), table 3
    "big": TransformerConfig(d_model=1024, n_heads=16, dropout=0.3),
    "bert-base": TransformerConfig(  # Devlin et al. (2019)
        vocab_size=30_522,
        max_len=512,
        d_model=768,
        n_heads=12,
        n_encoder_layers=12,
        n_decoder_layers=0,
        activation="gelu",
        eps=1e-12,
        positions="learned",
        scale_embeddings=False,
        n_segments=2,
    ),
    "gpt2": TransformerConfig(  # Radford et al. (2019)
        vocab_size=50_257,
        max_len=1_024,
        d_model=768,
        n_heads=12,
        n_encoder_layers=0,
        n_decoder_layers=12,
        norm_first=True,
        activation="gelu_tanh",
        positions="learned",
        scale_embeddings=False,
    ),
    "t5-small": TransformerConfig(  # Raffel et al. (2020)
        vocab_size=32_128,
        max_len=512,
        norm="rms",
        norm_first=True,
        eps=1e-6,
        bias=False,
        scale_scores=False,
        positions="t5",
        scale_embeddings=False,
    ),
    "vit-b16": TransformerConfig(  # Dosovitskiy et al. (2021)
        max_len=197,  # 14 × 14 patches and one class token
        d_model=768,
        n_heads=12,
        n_encoder_layers=12,
        n_decoder_layers=0,
        dropout=0.0,
        norm_first=True,
        eps=1e-12,
        activation="gelu",
        positions="learned",
        scale_embeddings=False,
    ),
    "llama": TransformerConfig(  # the shape of Llama 3.2 1B (Grattafiori et al., 2024)
        vocab_size=128_256,
        max_len=8_192,
        d_model=2_048,
        n_heads=32,
        n_kv_heads=8,
        n_encoder_layers=0,
        n_decoder_layers=16,
        d_ff=8_192,
        dropout=0.0,
        norm="rms",
        norm_first=True,
        activation="silu",
        gated=True,
        bias=False,
        positions="rotary",
        rotary_theta=500_000.0,
        scale_embeddings=False,
    ),
}
