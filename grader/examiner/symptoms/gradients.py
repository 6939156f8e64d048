"""Gradients that do not arrive, and those of a result that is wrong already."""

from dataclasses import replace

from torch import Tensor

from grader.examiner.agreement import SLACK, is_right
from grader.examiner.exchange import Exchange, Helper, Record, Value
from grader.examiner.symptoms.evidence import Evidence
from grader.examiner.symptoms.inquiry import Inquiry
from grader.worker.calls import Call


def by_results(record: Record) -> Record:
    """A test's calls; one that asked for gradients of what is wrong, as one that asked for that.

    The gradients of a wrong result are wrong, of course, and tell nothing.
    """
    return replace(record, log=[_by_result(step) for step in record.log])


def _by_result(step: Exchange | Helper) -> Exchange | Helper:
    match step:
        case Exchange(Call(want="gradients"), Value() as got, Value() as right, by_chance=False):
            asked = replace(step.call, want="value", cotangent=None)
            alone = Exchange(asked, Value(got.result), Value(right.result))
            return step if is_right(alone.got, alone, SLACK) else alone
    return step


def of_the_sum(evidence: Evidence, inquiry: Inquiry) -> str | None:
    """The gradient is right for a result of which all numbers count alike, in every call."""
    for exchange in evidence.wrong:
        if not isinstance(exchange.call.cotangent, Tensor):
            return None
        answer = inquiry.ours(exchange, replace(exchange.call, cotangent=None))
        if not evidence.is_given_by(answer):
            return None
    return (
        f"{evidence.what} is that of the sum of all numbers of your result: the gradient that"
        " arrives there from what comes after is left out."
    )


def nothing_arrives(evidence: Evidence) -> str | None:
    """The gradient is zero where it should not be."""
    found = evidence.differences
    if not found or any((each.got != 0).any() for each in found):
        return None
    labels = sorted({each.label.removeprefix("the gradient of ") for each in found})
    which = " and ".join(labels)
    return (
        f"The gradient of {which} is zero: nothing of it reaches your result, or something on the"
        " way leaves autograd (`.detach()`, `.data`, `.item()`, `torch.tensor(...)`, numpy,"
        " `torch.no_grad()`, or a rounding) or is flat (a `clamp`, or a softmax of numbers that lie"
        " far apart)."
    )
