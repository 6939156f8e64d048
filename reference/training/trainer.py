"""The training loop: the same for every model that turns inputs into logits.

What step s does depends on the weights, the optimiser's state and the number s, and on nothing
else: the batch and the dropout of a step are drawn from seeds made of its number. So a run that is
stopped and resumed ends with the very weights of a run that was not.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from reference.device import autocast_dtype
from reference.losses import IGNORE, label_smoothing_loss
from reference.optim import AdamW, clip_grad_norm
from reference.training.tasks import Batch


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How long and how fast. `accumulate` parts of a batch share one update, to save memory."""

    steps: int
    batch_size: int = 64
    accumulate: int = 1
    smoothing: float = 0.0
    max_norm: float = 1.0
    betas: tuple[float, float] = (0.9, 0.98)
    eps: float = 1e-9
    weight_decay: float = 0.0
    seed: int = 0
    checkpoint_every: int = 200
    recipe: str = ""  # names data, model and schedule; a checkpoint of another recipe is refused

    def __post_init__(self) -> None:
        if min(self.steps, self.batch_size, self.checkpoint_every) < 1:
            raise ValueError("steps, batch_size and checkpoint_every must be at least 1.")
        if not 1 <= self.accumulate <= self.batch_size:
            raise ValueError("accumulate must lie between 1 and the batch size.")


@dataclass(frozen=True)
class StepReport:
    """One line of the loss log."""

    step: int
    loss: float  # nats per token
    learning_rate: float
    gradient_norm: float  # before clipping


class RunFolder:
    """Where a run leaves its loss log, one JSON object per line, and its latest checkpoint."""

    def __init__(self, path: Path) -> None:
        self.log, self.checkpoint = path / "loss.jsonl", path / "checkpoint.pt"
        path.mkdir(parents=True, exist_ok=True)

    def append(self, report: StepReport) -> None:
        with self.log.open("a") as file:
            file.write(json.dumps(asdict(report)) + "\n")

    def forget_after(self, step: int) -> None:
        """Drop what was logged after the checkpoint; those steps will be taken again."""
        if self.log.exists():
            lines = self.log.read_text().splitlines()
            kept = [line for line in lines if json.loads(line)["step"] <= step]
            self.log.write_text("".join(line + "\n" for line in kept))

    def save(self, state: dict[str, Any]) -> None:
        """Atomic: a kill at any moment leaves the old checkpoint or the new one, never half."""
        unfinished = self.checkpoint.with_suffix(".tmp")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)


class Trainer:
    """Draws batches, takes steps, writes the log and checkpoints.

    `draw` gives a batch of a size from a generator. `learning_rate` gives the rate of a step,
    counted from 1. Without a `folder` nothing is written.
    """

    def __init__(
        self,
        model: nn.Module,
        draw: Callable[[int, torch.Generator], Batch],
        learning_rate: Callable[[int], float],
        config: TrainingConfig,
        device: torch.device,
        folder: RunFolder | None = None,
    ) -> None:
        self.model = model.to(device)
        self.draw, self.learning_rate, self.config = draw, learning_rate, config
        self.device, self.folder = device, folder
        self.optimizer = AdamW(
            model.parameters(),
            betas=config.betas,
            eps=config.eps,
            weight_decay=config.weight_decay,
        )
        self.step = 0

    def _loss(self, batch: Batch) -> Tensor:
        dtype = autocast_dtype(self.device)
        with torch.autocast(self.device.type, dtype, enabled=dtype is not None):
            logits = self.model(*batch.inputs)
            return label_smoothing_loss(logits, batch.targets, self.config.smoothing)

    def _accumulate_gradients(self, batch: Batch) -> float:
        """The gradient of the mean loss per token, however many parts the batch is taken in."""
        n_targets = (batch.targets != IGNORE).sum()
        total = torch.zeros((), device=self.device)
        parts = (tensor.chunk(self.config.accumulate) for tensor in (*batch.inputs, batch.targets))
        for *inputs, targets in zip(*parts, strict=True):
            share = (targets != IGNORE).sum() / n_targets
            loss = share * self._loss(Batch(tuple(inputs), targets))
            loss.backward()
            total += loss.detach()
        return float(total)

    def take_step(self) -> StepReport:
        """One update of the weights."""
        self.step += 1
        seed = self.config.seed * 1_000_003 + self.step
        batch = self.draw(self.config.batch_size, torch.Generator().manual_seed(seed))
        batch = Batch(tuple(x.to(self.device) for x in batch.inputs), batch.targets.to(self.device))
        torch.manual_seed(seed)  # for dropout, on every device
        self.model.train()
        loss = self._accumulate_gradients(batch)
        parameters = [p for p in self.model.parameters() if p.grad is not None]
        clipped, norm = clip_grad_norm(
            [p.grad for p in parameters if p.grad is not None], self.config.max_norm
        )
        for parameter, gradient in zip(parameters, clipped, strict=True):
            parameter.grad = gradient
        rate = self.learning_rate(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        return StepReport(self.step, loss, rate, float(norm))

    def run(self, on_step: Callable[[StepReport], None] = lambda report: None) -> None:
        """Train to the configured number of steps, from wherever the run stands."""
        while self.step < self.config.steps:
            report = self.take_step()
            on_step(report)
            if self.folder is not None:
                self.folder.append(report)
                due = self.step % self.config.checkpoint_every == 0
                if due or self.step == self.config.steps:
                    self.folder.save(self._state())

    def _state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "config": asdict(self.config),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def resume(self) -> None:
        """Go back to the folder's checkpoint and continue from there.

        Raises ValueError, with a sentence for the user, where there is none or it does not fit.
        """
        if self.folder is None or not self.folder.checkpoint.exists():
            raise ValueError("There is no checkpoint to resume from.")
        state = torch.load(self.folder.checkpoint, map_location=self.device, weights_only=True)
        if state["config"] != asdict(self.config):
            raise ValueError("The checkpoint is of a run with other settings; repeat those.")
        try:
            self.model.load_state_dict(state["model"])
        except RuntimeError:
            raise ValueError("The checkpoint is of a model of another size or text.") from None
        self.optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        self.folder.forget_after(self.step)
