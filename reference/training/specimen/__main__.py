"""`python -m reference.training.specimen`: train the specimen anew, and say what its heads do.

The weights that come with the package were made so, with the defaults.
"""

from pathlib import Path
from random import Random

import click
import torch
from safetensors.torch import save_file

from reference.gpt import GPT
from reference.training.progress import run_with_progress
from reference.training.specimen.language import speak
from reference.training.specimen.model import LENGTH, SEED, STEPS, specimen_trainer
from reference.training.specimen.roles import (
    PREDICTIONS,
    ROLES,
    costs_of_silence,
    predict,
    role_scores,
)

MEASURED_ON = 300  # sentences


def report(model: GPT) -> str:
    """What the model foretells, and of each head its scores and the cost of its silence."""
    random = Random("measure")
    sentences = [speak(random, LENGTH) for _ in range(MEASURED_ON)]
    found = predict(model, sentences)
    scores, costs = role_scores(model, sentences), costs_of_silence(model, sentences)
    certain = (f"{name} {found[name].accuracy:.1%}" for name in PREDICTIONS)
    lines = ["Right where the language leaves no choice: " + ", ".join(certain), ""]
    lines.append("          mean weight on what the role seeks       nats lost when it is silent")
    lines.append("head    " + "".join(f"{name:>10}" for name in (*ROLES, *PREDICTIONS)))
    for head, cost in costs.items():
        weights = (float(scores[role][head.layer, head.head]) for role in ROLES)
        numbers = (*weights, *(cost[name] for name in PREDICTIONS))
        lines.append(f"{head.layer}.{head.head}     " + "".join(f"{x:10.2f}" for x in numbers))
    return "\n".join(lines)


@click.command(help=__doc__)
@click.option("--out", type=click.Path(path_type=Path), help="File for the weights (safetensors).")
@click.option("--steps", type=click.IntRange(1), default=STEPS, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True)
def main(out: Path | None, steps: int, seed: int) -> None:
    torch.set_num_threads(1)  # what is measured in sums of floats depends on how they are split
    trainer = specimen_trainer(steps, seed)
    run_with_progress(trainer)
    model = trainer.model.eval()
    assert isinstance(model, GPT)
    if out is not None:
        save_file(model.state_dict(), out)
    click.echo(report(model))


if __name__ == "__main__":
    main()
