"""`python -m reference.training`: train on a task, then show what the model has learned.

python -m reference.training --task reverse
python -m reference.training --task text --file book.txt --out runs/book
python -m reference.training --task text --file book.txt --out runs/book --resume
"""

from pathlib import Path

import click
import torch

from reference.device import choose_device
from reference.gpt import GPT
from reference.losses import cross_entropy
from reference.training.progress import run_with_progress
from reference.training.recipes import reverse_trainer, text_trainer
from reference.training.tasks import ReverseTask, TextTask
from reference.training.trainer import RunFolder, Trainer
from reference.transformer import Transformer


def report_reverse(task: ReverseTask, trainer: Trainer) -> None:
    model = trainer.model.eval()
    assert isinstance(model, Transformer)
    accuracy = task.accuracy(model, size=1000, seed=trainer.config.seed, device=trainer.device)
    click.echo(f"{accuracy:.1%} of 1000 held-out sequences reversed without a mistake")
    generator = torch.Generator().manual_seed(trainer.config.seed)
    source, _ = task.sequences(5, generator, held_out=True)
    decoded = task.decode(model, source.to(trainer.device))
    for before, after in zip(source, decoded, strict=True):
        click.echo(f"  {task.show(before)}  →  {task.show(after)}")


@torch.no_grad()
def report_text(task: TextTask, trainer: Trainer, prompt: str) -> None:
    model = trainer.model.eval()
    assert isinstance(model, GPT)
    generator = torch.Generator().manual_seed(trainer.config.seed)
    (inputs,), targets = task.held_out_batch(64, generator)
    loss = cross_entropy(model(inputs.to(trainer.device)), targets.to(trainer.device))
    click.echo(f"{float(loss):.3f} nats per character on the held-out tenth of the text")
    start = task.encode(prompt or task.decode(task.held_out[:1])).unsqueeze(0)
    sampler = torch.Generator(trainer.device).manual_seed(trainer.config.seed)
    room = task.context + 1 - start.size(1)
    tokens = model.generate(start.to(trainer.device), room, 0.8, top_p=0.95, generator=sampler)
    click.echo(task.decode(tokens[0]))


def open_folder(out: Path | None, resume: bool) -> RunFolder | None:
    """The run's folder, unless it holds another run already or there is none to resume."""
    if out is None:
        if resume:
            raise ValueError("To resume, name the run's folder with --out.")
        return None
    folder = RunFolder(out)
    if folder.checkpoint.exists() and not resume:
        raise ValueError(f"{out} holds a run already. Add --resume, or choose another folder.")
    return folder


@click.command(help=__doc__)
@click.option("--task", "task_name", type=click.Choice(["reverse", "text"]), required=True)
@click.option("--file", "text_file", type=click.Path(path_type=Path), help="Text to train on.")
@click.option("--device", "device_name", default="auto", show_default=True)
@click.option("--steps", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--context", type=click.IntRange(2), default=64, show_default=True)
@click.option("--prompt", default="", help="What the sampled text begins with.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for log and checkpoints.")
@click.option("--resume", is_flag=True, help="Continue the run in --out, with equal settings.")
def main(
    task_name: str,
    text_file: Path | None,
    device_name: str,
    steps: int,
    context: int,
    prompt: str,
    seed: int,
    out: Path | None,
    resume: bool,
) -> None:
    try:
        device = choose_device(device_name)
        if task_name == "reverse":
            # Matrices this small gain little from a second thread, and a thread whose core is busy
            # with another program is waited for: ten times the work was measured.
            torch.set_num_threads(1)
            reverse = ReverseTask()
            trainer = reverse_trainer(reverse, steps, seed, device, open_folder(out, resume))
            train(trainer, resume)
            report_reverse(reverse, trainer)
        else:
            if text_file is None:
                raise ValueError("Name the text to train on with --file.")
            text = TextTask.from_file(text_file, context)
            text.encode(prompt)  # complain before training rather than after
            trainer = text_trainer(text, steps, seed, device, open_folder(out, resume))
            train(trainer, resume)
            report_text(text, trainer, prompt)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def train(trainer: Trainer, resume: bool) -> None:
    if resume:
        trainer.resume()
    run_with_progress(trainer)


if __name__ == "__main__":
    main()
