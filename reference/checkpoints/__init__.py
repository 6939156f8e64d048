"""Weights in the layouts in which GPT-2, BERT, T5 and ViT were published, in and out of our models.

`layout.py` says what a layout is; `gpt2.py`, `bert.py`, `t5.py` and `vit.py` describe theirs.
`file.py` opens a file that may be damaged or odd, and `checkpoint.py` loads and makes one.
`words.py` reads GPT-2's tokenizer.
"""

from reference.checkpoints.checkpoint import Checkpoint, load_checkpoint, make_checkpoint
from reference.checkpoints.families import FAMILIES
from reference.checkpoints.file import CheckpointError
from reference.checkpoints.words import GPT2Tokenizer

__all__ = [
    "FAMILIES",
    "Checkpoint",
    "CheckpointError",
    "GPT2Tokenizer",
    "load_checkpoint",
    "make_checkpoint",
]
