"""What came of putting a learner's parts into a published model; plain data, as `report.py`."""

from dataclasses import asdict, dataclass, field
from math import inf
from typing import Any, Literal

from grader.report import Shown

State = Literal["same", "differs", "failed", "misfit", "absent"]


@dataclass(frozen=True)
class PartResult(Shown):
    """One exercise's answer in the place of the reference's.

    `same` and `differs` were compared at `places` calls, each side with the same arguments. What
    `differs` does so first at `where`. `difference` is the largest there was, and `output` that
    of the model's own output, both as a share of the largest expected number, infinite where there
    is a NaN.
    `failed` is code that raised an error or gave another shape, `misfit` what cannot stand in this
    model, `absent` what is not passed yet; `says` tells more.
    """

    exercise: str
    entry: str
    state: State
    places: int = 0
    where: str = ""
    difference: float = 0.0
    output: float = 0.0
    says: str = ""


@dataclass(frozen=True)
class CheckpointReport:
    """A checkpoint in the reference, and the learner's parts in it.

    `facts` are (name, value) pairs in the order in which they are told; `together` is what all
    parts that are the same give at once, None where there are fewer than two. `prompt` and
    `greedy` are a language model's tokens, empty for others; `text` is what they spell, where the
    tokenizer's files lie beside the weights.
    """

    title: str
    path: str
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    parts: tuple[PartResult, ...] = ()
    together: PartResult | None = None
    prompt: tuple[int, ...] = ()
    greedy: tuple[int, ...] = ()
    text: str = ""
    layers: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """1 where a part of the learner's is not the same, as for an exercise not passed."""
        tried = (*self.parts, *((self.together,) if self.together else ()))
        return int(any(part.state in ("differs", "failed") for part in tried))

    def to_dict(self) -> dict[str, Any]:
        """For JSON, which has no infinite numbers: None stands for them."""
        parts = [_part(part) for part in self.parts]
        together = _part(self.together) if self.together else None
        return {**asdict(self), "facts": dict(self.facts), "parts": parts, "together": together}


def _part(part: PartResult) -> dict[str, Any]:
    return {name: None if value == inf else value for name, value in asdict(part).items()}
