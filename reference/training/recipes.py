"""Which model each task is given, and how it is trained.

A recipe seeds the weights, so that task, steps and seed say what comes out.
"""

import hashlib
from collections.abc import Callable
from functools import partial

import torch

from reference.config import TransformerConfig
from reference.gpt import GPT
from reference.schedules import cosine_learning_rate
from reference.training.tasks import ReverseTask, TextTask
from reference.training.trainer import RunFolder, Trainer, TrainingConfig
from reference.transformer import Transformer


def cosine(steps: int, peak: float) -> Callable[[int], float]:
    """Up to `peak` over the first tenth of the steps, down to zero over the rest."""
    return partial(cosine_learning_rate, peak=peak, warmup=max(1, steps // 10), total=max(2, steps))


def reverse_trainer(
    task: ReverseTask, steps: int, seed: int, device: torch.device, folder: RunFolder | None
) -> Trainer:
    """A small Transformer as in 2017: post-norm, sinusoids, smoothing 0.1, Adam's β₂ = 0.98.

    Its schedule is the later one, a cosine: it gets there in half the steps.
    """
    torch.manual_seed(seed)
    model_config = TransformerConfig(
        vocab_size=task.vocab_size,
        max_len=task.max_length + 2,
        d_model=64,
        n_heads=4,
        n_encoder_layers=2,
        n_decoder_layers=2,
        dropout=0.0,  # the data never repeats, so there is nothing to overfit
        pad_id=task.PAD,
    )
    config = TrainingConfig(steps=steps, smoothing=0.1, seed=seed, recipe="reverse")
    return Trainer(
        Transformer(model_config), task.batch, cosine(steps, 3e-3), config, device, folder
    )


def text_trainer(
    task: TextTask, steps: int, seed: int, device: torch.device, folder: RunFolder | None
) -> Trainer:
    """A small GPT-2 over characters, with weight decay and a cosine schedule."""
    torch.manual_seed(seed)
    model_config = TransformerConfig(
        vocab_size=task.vocab_size,
        max_len=task.context + 1,
        d_model=128,
        n_heads=4,
        n_encoder_layers=0,
        n_decoder_layers=4,
        dropout=0.0,  # drawing the random numbers would double the time of a step on a CPU
        norm_first=True,
        activation="gelu_tanh",
        positions="learned",
        scale_embeddings=False,
    )
    data = hashlib.sha256(task.training.numpy().tobytes()).hexdigest()
    config = TrainingConfig(
        steps=steps,
        batch_size=32,
        betas=(0.9, 0.99),
        eps=1e-8,
        weight_decay=0.1,
        seed=seed,
        recipe=f"text {data}, context {task.context}",
    )
    return Trainer(GPT(model_config), task.batch, cosine(steps, 1e-3), config, device, folder)
