"""T5: the encoder-decoder of 2017, with what had been learned by 2020.

Relative positions as a bias on the scores, RMS norm before each sub-layer, no biases anywhere, and
one objective for every task: text in, text out. Source: Raffel et al. 2020, section 2.1.
"""

from jaxtyping import Float
from torch import Tensor, nn

from reference.config import TransformerConfig
from reference.multi_head import MultiHeadAttention
from reference.transformer import Transformer


class T5(Transformer):
    """Encoder-decoder for span corruption. Preset: "t5-small"; trained on `span_corruption`.

    Scores are not divided by √d; the factor is in the initial queries instead. Likewise, embeddings
    start with unit variance, so a tied projection divides by √D to give logits of unit variance.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        nn.init.normal_(self.target_embeddings.embedding.weight)
        if not config.scale_scores:
            for part in self.modules():
                if isinstance(part, MultiHeadAttention):
                    part.w_q.weight.data /= config.d_head**0.5

    def logits(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T V"]:
        """Scores over the vocabulary; x is divided by √D where the embedding is the projection."""
        return super().logits(x / self.config.d_model**0.5 if self.config.tie_output else x)
