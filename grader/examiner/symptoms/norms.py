"""A layer norm with another variance or eps: divided by n − 1, eps after the root, 1e-6.

γ and β stand behind the norm, and a layer has more behind them, so the numbers of a result do not
show it. A right answer does, with another norm in the place of its own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from grader.examiner.exchange import Exchange
from grader.examiner.symptoms.arithmetic import enough
from grader.examiner.symptoms.evidence import Evidence
from grader.examiner.symptoms.inquiry import Inquiry
from grader.examiner.symptoms.trials import size_of_arguments

OTHER_EPS = ("1e-6", "1e-8", "1e-12")  # as in The Annotated Transformer, as a mere guard, in BERT


@dataclass(frozen=True)
class Norm:
    """A way to compute a layer norm; an `eps` of None is that of the call."""

    unbiased: bool
    outside: bool
    eps: str | None

    @property
    def says(self) -> str:
        parts = (
            (self.unbiased, "divides the sum of the n squares by n − 1, as `var` and `std` do"),
            (self.outside, "adds eps after the root"),
            (self.eps, f"has an eps of {self.eps}"),
        )
        return ", and ".join(says for differs, says in parts if differs)

    def __call__(
        self,
        x: Tensor,
        normalized_shape: Sequence[int],
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        eps: float = 1e-5,
    ) -> Tensor:
        eps = float(self.eps or eps)
        dims = tuple(range(-len(normalized_shape), 0))
        variance, mean = torch.var_mean(x, dims, correction=int(self.unbiased), keepdim=True)
        deviation = variance.sqrt() + eps if self.outside else (variance + eps).sqrt()
        y = (x - mean) / deviation
        y = y if weight is None else y * weight
        return y if bias is None else y + bias


RIGHT = Norm(unbiased=False, outside=False, eps=None)
WAYS = [
    Norm(unbiased, outside, eps)
    for eps in (None, *OTHER_EPS)
    for outside in (False, True)
    for unbiased in (False, True)
]
# What differs in one thing comes before what differs in two.
OTHERS = sorted(WAYS, key=lambda norm: norm.says.count(", and "))
OTHERS.remove(RIGHT)


class Instead(TorchFunctionMode):
    """Within it, each layer norm of torch is computed by another one; `used` says if any was."""

    def __init__(self, norm: Norm) -> None:
        super().__init__()
        self.norm = norm
        self.used = False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func is F.layer_norm:
            self.used = True
            func = self.norm
        return func(*args, **(kwargs or {}))


def another_norm(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """A right answer gives the result where its layer norms are computed in another way."""
    if not enough(evidence):
        return None
    calls = sorted(evidence.wrong, key=size_of_arguments)
    for norm in OTHERS:
        answers = (_answer(norm, each, evidence, inquiry) for each in calls)
        has_norm = next((used for used, gives in answers if not gives), None)
        if has_norm is None:
            return f"{evidence.what} is what a right answer gives if its layer norm {norm.says}."
        if not has_norm:  # so no norm explains this call
            return None
    return None


def _answer(
    norm: Norm, exchange: Exchange, evidence: Evidence, inquiry: Inquiry
) -> tuple[bool, bool]:
    """Whether our own answer takes a layer norm, and whether it is the learner's with this one."""
    with Instead(norm) as instead:
        answer = inquiry.ours(exchange, exchange.call)
    return instead.used, evidence.is_given_by(answer)
