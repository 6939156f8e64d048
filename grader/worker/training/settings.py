"""What a training run is: numbers that both sides know. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Plant = Literal["", "no-mask", "no-scale", "no-warmup", "post-norm-no-warmup"]
PLANTS: tuple[Plant, ...] = ("no-mask", "no-scale", "no-warmup", "post-norm-no-warmup")
TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A model of `n_layers` a side and how it is trained. `task` is one of `TASKS`, or `TEXT`.

    The learning rate rises to `peak` within `warmup` steps, a tenth of all, and falls on a cosine
    until the last one.
    """

    task: str
    steps: int
    seed: int = 0
    device: str = "cpu"
    plant: Plant = ""
    batch_size: int = 64
    d_model: int = 64
    n_heads: int = 4
    n_layers: int = 2
    norm_first: bool = True
    peak: float = 3e-3
    has_warmup: bool = True
    smoothing: float = 0.1
    max_norm: float = 1.0
    context: int = 64
    n_merges: int = 128

    @property
    def is_text(self) -> bool:
        return self.task == TEXT

    @property
    def warmup(self) -> int:
        return max(1, self.steps // 10) if self.has_warmup else 1

    @property
    def d_ff(self) -> int:
        return 4 * self.d_model


def planted(healthy: Settings, plant: Plant) -> Settings:
    """The same run with a mistake in it."""
    run = replace(healthy, plant=plant)
    if plant in ("no-warmup", "post-norm-no-warmup"):
        run = replace(run, has_warmup=False)
    if plant == "post-norm-no-warmup":
        run = replace(run, norm_first=False)
    return run
