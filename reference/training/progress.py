"""How far a training run is, while it runs."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from reference.training.trainer import StepReport, Trainer


def run_with_progress(trainer: Trainer) -> None:
    """A bar on the error stream, so that results alone can be piped on."""
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.3f}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=trainer.config.steps, completed=trainer.step, loss=0.0)

        def show(report: StepReport) -> None:
            progress.update(bar, completed=report.step, loss=report.loss)

        trainer.run(show)
