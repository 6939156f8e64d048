"""The reference's Transformer for a run's settings, and its weights by the names of the stubs.

So it can begin with a learner's own first weights, and both curves are one where theirs is right.
"""

import re

from grader.worker.training.settings import Settings
from grader.worker.training.tasks import PAD, SequenceTask
from reference.config import TransformerConfig
from reference.transformer import Transformer


def reference_model(settings: Settings) -> Transformer:
    """Its weights are drawn anew; its attention makes the products that can be looked at."""
    task = SequenceTask(settings.task)
    config = TransformerConfig(
        vocab_size=task.vocab_size,
        max_len=task.longest + 2,
        d_model=settings.d_model,
        n_heads=settings.n_heads,
        n_encoder_layers=settings.n_layers,
        n_decoder_layers=settings.n_layers,
        dropout=0.0,
        norm_first=settings.norm_first,
        attention="explicit",
        pad_id=PAD,
    )
    return Transformer(config).to(settings.device)


def name_in_stubs(name: str) -> str:
    """What a parameter of the reference is called in the contracts of the stubs."""
    name = name.replace("target_embeddings.", "embeddings.")
    return re.sub(r"sublayer(\d)\.norm\.", r"norm\1.", name)
