"""Calls that end with an error, and calls that should have."""

from collections.abc import Iterator

from grader.examiner.comparison import same
from grader.examiner.exchange import Exchange, Value
from grader.examiner.failure_messages import describe
from grader.examiner.symptoms.evidence import Evidence, named_arguments
from grader.worker.calls import Raised, name_of

# By a part of torch's or Python's own text, what it usually means.
MEANINGS = (
    ("must match the size of tensor", "Two shapes do not broadcast there."),
    ("shapes cannot be multiplied", "The inner sizes of a matrix product differ there."),
    (
        "Expected size for first two dimensions",
        "The batch or the inner sizes of a product differ there.",
    ),
    ("batch1 and batch2 must", "`bmm` takes tensors of three dimensions alone."),
    ("must be 3D", "A product there takes tensors of three dimensions alone."),
    ("Dimension out of range", "The tensor has fewer dimensions there than the line asks for."),
    ("expected scalar type", "Two dtypes meet there."),
    ("must have the same dtype", "Two dtypes meet there."),
    ("same dtype", "Two dtypes meet there."),
    ("is invalid for input of size", "The sizes given to `view` or `reshape` do not multiply up."),
    ("view size is not compatible", "`view` needs contiguous memory there; `reshape` does not."),
    ("too many values to unpack", "There are more dimensions or values there than names for them."),
    ("not enough values to unpack", "There are fewer dimensions or values there than names."),
    (
        "Boolean value of Tensor",
        "An `if`, `and`, `max`, `min` or `in` there asks a tensor of many numbers for one truth.",
    ),
    ("only one element tensors", "`.item()` or `float()` takes a tensor of one number."),
    ("modified by an inplace operation", "Something that autograd still needs is overwritten."),
    ("a leaf Variable that requires grad", "A tensor that needs its gradient is changed in place."),
    ("Can't call numpy() on Tensor that requires grad", "numpy leaves autograd."),
    (
        "'NoneType' object",
        "Something is None there: an argument left out, a missing `return`, or a bias that is off.",
    ),
    (
        "without overflow",
        "The number does not fit into that dtype: float16 ends at 65504. For a mask there is"
        " `-math.inf`, or `torch.finfo(x.dtype).min`.",
    ),
    ("not implemented for 'Half'", "This operation does not exist for float16 on a CPU."),
    ("math domain error", "A function of `math` is asked for a number outside its domain."),
    ("division by zero", "A divisor is 0 there."),
    ("out of bounds for dimension", "An index lies outside the tensor there."),
    ("list index out of range", "An index lies outside what is there."),
    ("out of bounds for int", "The number does not fit into that type of whole number."),
    ("size mismatch", "The sizes in a product differ there."),
    ("inconsistent input_size", "The layer was made for inputs of another width."),
    ("number of subscripts", "The letters of `einsum` and the dimensions of a tensor differ."),
    ("expanded size of the tensor", "A tensor does not fit into the place it is written to."),
)


# Kinds of `Raised` that a call ends with because of what an earlier one did.
AFTERWARDS = frozenset({"hurried", "budget", "lost"})


def unwritten(evidence: Evidence) -> str | None:
    """What every call asks for is still a stub."""
    kinds = {exchange.got.kind for exchange in evidence.wrong if isinstance(exchange.got, Raised)}
    return ended(evidence) if kinds == {"unwritten"} else None


def ended(evidence: Evidence) -> str | None:
    """What the sandbox itself says of every call: out of time, out of memory, not written yet.

    After an endless loop the other tests are hurried, and tell nothing of their own.
    """
    pairs = [(exchange.call, exchange.got) for exchange in evidence.wrong]
    raised = [(call, got) for call, got in pairs if isinstance(got, Raised)]
    causes = [(call, got) for call, got in raised if got.kind not in AFTERWARDS] or raised
    if any(got.kind == "exception" for _, got in causes):
        return None
    told = [(describe(got, name_of(call), evidence.limits), got.message) for call, got in causes]
    without_details = {says.replace(f" ({details})", "") for says, details in told}
    for texts in ({says for says, _ in told}, without_details):
        if len(texts) == 1:
            return texts.pop()
    return None


def stops(evidence: Evidence) -> str | None:
    """One error that ends every one of the calls, at one line.

    Its text is quoted where it is the same in all of them: one that holds a size is not.
    """
    found = [exchange.got for exchange in evidence.wrong if isinstance(exchange.got, Raised)]
    kinds = {(raised.kind, raised.type) for raised in found}
    if len(kinds) != 1 or found[0].kind != "exception":
        return None
    places = {raised.frames[-1][1:] for raised in found if raised.frames}
    if len(places) > 1:
        return None
    where = "in line {0}, `{2}`, ".format(*places.pop()) if places else ""
    messages = {raised.message for raised in found}
    quoted = f": {found[0].message}" if len(messages) == 1 and found[0].message else ""
    text = f"{found[0].type}{quoted}"
    meaning = next((says for part, says in MEANINGS if all(part in m for m in messages)), "")
    said = f"Your code stops {where}with {text.rstrip('.')}."
    return f"{said} {meaning}".rstrip()


def accepts(evidence: Evidence) -> str | None:
    """What should be refused is answered."""
    wanted = {
        exchange.expected.type
        for exchange in evidence.wrong
        if isinstance(exchange.expected, Raised) and isinstance(exchange.got, Value)
    }
    if len(wanted) != 1:
        return None
    return f"Your code returns a result where it should raise a {wanted.pop()}."


def changes_arguments(evidence: Evidence) -> str | None:
    """Arguments that are others after the call."""
    names = sorted({name for exchange in evidence.wrong for name in _changed(exchange, evidence)})
    if not names:
        return None
    verb = "belongs" if len(names) == 1 else "belong"
    return (
        f"Your code changes {' and '.join(names)}, which {verb} to the caller. An operation that"
        " ends in `_`, `+=`, `-=`, `*=`, or an assignment to an index, writes into the tensor"
        " itself."
    )


def _changed(exchange: Exchange, evidence: Evidence) -> Iterator[str]:
    if not isinstance(exchange.got, Value) or not isinstance(exchange.expected, Value):
        return
    if not isinstance(exchange.got.value, list):  # whoever answers may answer anything
        return
    names = named_arguments(exchange.call, evidence.names)
    for name, now, then in zip(names, exchange.got.value, exchange.expected.value, strict=False):
        if not same(now, then):
            yield f"`{name}`"
