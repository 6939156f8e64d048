"""Gradients that do not arrive, or arrive at the wrong place."""

from grader.examiner.symptoms.evidence import Evidence


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
