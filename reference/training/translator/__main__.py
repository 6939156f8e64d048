"""`python -m reference.training.translator`: train the translator anew, and say how well it does.

The weights that come with the package were made so, with the defaults.
"""

from pathlib import Path
from random import Random

import click
import torch
from safetensors.torch import save_file

from reference.training.progress import run_with_progress
from reference.training.translator.language import SOURCE_WORDS, TARGET_WORDS, say
from reference.training.translator.model import SEED, STEPS, Translator, translator_trainer
from reference.transformer import Transformer

MEASURED_ON = 300  # sentences


def report(translator: Translator) -> str:
    random = Random("measure")
    pairs = [say(random) for _ in range(MEASURED_ON)]
    right = sum(translator.translate(pair.source) == pair.target for pair in pairs)
    looks = [translator.attention(pair)[2].argmax(-1).tolist() for pair in pairs]
    found = [
        at == place
        for row, pair in zip(looks, pairs, strict=True)
        for at, place in zip(row, pair.places, strict=True)
    ]
    return (
        f"{right} of {MEASURED_ON} sentences translated without a mistake. For"
        f" {sum(found) / len(found):.1%} of the words, the cross-attention looks most at the word"
        " that is translated."
    )


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path), help="File for the weights (safetensors).")
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True)
def main(out: Path | None, steps: int, seed: int) -> None:
    torch.set_num_threads(1)  # what is measured in sums of floats depends on how they are split
    trainer = translator_trainer(steps, seed)
    run_with_progress(trainer)
    model = trainer.model.eval()
    assert isinstance(model, Transformer)
    if out is not None:
        save_file(model.state_dict(), out)
    click.echo(report(Translator(model, SOURCE_WORDS, TARGET_WORDS)))


if __name__ == "__main__":
    main()
