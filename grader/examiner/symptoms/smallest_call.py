"""The smallest call that still goes wrong, in a form that can be pasted."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grader.examiner.display import apart, show
from grader.examiner.exchange import Exchange, Value
from grader.examiner.symptoms.evidence import kind_of
from grader.examiner.symptoms.inquiry import Inquiry
from grader.report import FailingCall
from grader.worker.calls import Call, Raised, name_of
from grader.worker.protocol import Handle
from grader.worker.values import leaves, mapped

MAX_CODE = 1200  # characters; what is longer is not pasted by anybody
MAX_ROUNDS = 4
USUAL = 1e6  # the size of numbers that one can picture
OBJECT = "m"  # what an object is called, as in torch's own examples
LOOKS = ("named_parameters", "named_buffers", "state_dict")  # and changes nothing


def smallest_failing_call(wrong: Sequence[Exchange], inquiry: Inquiry) -> FailingCall | None:
    """The smallest of the wrong calls, in words; below the lines that make its object.

    None where it holds what only lives on the other side, or stays too long to be read.
    """
    above = {
        exchange: lines
        for exchange in wrong
        if (lines := _lines_above(exchange, inquiry)) is not None
    }
    functions = [exchange for exchange, lines in above.items() if not lines]
    shortest = sorted(above, key=lambda exchange: len("".join(above[exchange])))[:1]
    if (found := smallest_wrong_call(functions or shortest, inquiry)) is None:
        return None
    first, best = found
    code = "\n".join([*above[first], _line(best.call)])
    if len(code) > MAX_CODE or not isinstance(best.expected, Value):
        return None
    if isinstance(best.got, Raised):
        return FailingCall(code, _error(best.got), show(best.expected.value))
    return FailingCall(code, *apart(best.got.value, best.expected.value))


def _lines_above(exchange: Exchange, inquiry: Inquiry) -> list[str] | None:
    """The lines that make the object which is called; none at all where it is a function.

    None where they cannot be pasted, or leave to chance what the object holds.
    """
    made = [each for each in inquiry.made_by(exchange) if each.call.method not in LOOKS]
    if any(map(_lives_elsewhere, (exchange.call, *(each.call for each in made)))):
        return None
    if isinstance(exchange.call.target, str):
        return []
    is_loaded = any(each.call.method == "load_state_dict" for each in made)
    if not made or (any(each.by_chance for each in made) and not is_loaded):
        return None
    making, *later = made
    if not isinstance(making.call.target, str):
        return None
    return [f"{OBJECT} = {spell(making.call)}", *(_line(each.call) for each in later)]


def _lives_elsewhere(call: Call) -> bool:
    """Whether it is given what only lives on the other side."""
    given = leaves((call.args, dict(call.kwargs)))
    return any(isinstance(leaf, Handle) for _, leaf in given)


def _line(call: Call) -> str:
    """The call as a line below those that make its object."""
    code = spell(call)
    return code if isinstance(call.target, str) else code.replace(call.target.type, OBJECT, 1)


def smallest_wrong_call(
    wrong: Sequence[Exchange], inquiry: Inquiry, plain: bool = True
) -> tuple[Exchange, Exchange] | None:
    """The smallest of the wrong calls, and it made smaller as long as it goes wrong in the same
    way. Calls of functions come first: what was made before the call of an object has to be right;
    and those whose numbers one would try first.

    Numbers that are not to be `plain` keep four digits, so that few are alike by chance.
    """
    asked = [
        exchange
        for exchange in wrong
        if exchange.call.want == "value" and isinstance(exchange.expected, Value)
        if kind_of(exchange) != "chance"
    ]
    functions = [exchange for exchange in asked if isinstance(exchange.call.target, str)]
    if not asked:
        return None
    first = min(functions or asked, key=lambda each: (_is_unusual(each), _size(each)))
    best = Exchange(first.call, first.got, first.expected)
    held = {size for each in inquiry.made_by(first) for size in _sizes_in(each.call)}
    for _ in range(MAX_ROUNDS):
        smaller = _smaller(first, best, inquiry, held, plain)
        if smaller is None:
            break
        best = smaller
    return first, best


def _smaller(
    first: Exchange, best: Exchange, inquiry: Inquiry, held: set[int], plain: bool
) -> Exchange | None:
    """After one round of attempts, None where none succeeded. Sizes that the object was made with
    are `held`."""
    found = None
    rounded = (_rounded(0), _rounded(1)) if plain else ()
    for change in (*_cuts(best.call, held), _first_of_batch, *rounded, _four_digits):
        try:
            call = change((found or best).call)
        except (RuntimeError, IndexError):
            continue
        if call is None or not inquiry.is_usual(call):  # the stub may allow no other
            continue
        answer = inquiry.ask(first, call)
        if answer is not None and _is_alike(first, answer):
            found = answer
    return found


def _is_alike(first: Exchange, now: Exchange) -> bool:
    if not isinstance(now.expected, Value) or kind_of(now) != kind_of(first):
        return False
    if isinstance(first.got, Raised):
        return isinstance(now.got, Raised) and now.got.type == first.got.type
    if not all(leaf.numel() for leaf in _tensors(now)):
        return False
    # A call whose right answer is no number any more may be one that the stub does not promise.
    return _is_finite(now) or not _is_finite(first)


def _tensors(exchange: Exchange) -> list[Tensor]:
    """Those of the right answer."""
    assert isinstance(exchange.expected, Value)
    return [leaf for _, leaf in leaves(exchange.expected.value) if isinstance(leaf, Tensor)]


def _is_finite(exchange: Exchange) -> bool:
    return all(bool(leaf.isfinite().all()) for leaf in _tensors(exchange))


Change = Callable[[Call], Call | None]


def _cuts(call: Call, held: set[int]) -> Iterator[Change]:
    """For each size in the call that is not `held`, every dimension of that size cut to less."""
    tensors = [leaf for _, leaf in leaves((call.args, dict(call.kwargs))) if _is_tensor(leaf)]
    sizes = {size for tensor in tensors for size in tensor.shape if size > 1}
    for size in sorted(sizes - held, reverse=True):
        for smaller in (1, 2, 3):
            if smaller < size:
                yield _cut(size, smaller)


def _sizes_in(call: Call) -> Iterator[int]:
    """Whole numbers, and the sizes of tensors."""
    for _, leaf in leaves((call.args, dict(call.kwargs))):
        if _is_tensor(leaf):
            yield from leaf.shape
        elif isinstance(leaf, int):
            yield leaf


def _cut(size: int, smaller: int) -> Change:
    def cut(tensor: Tensor) -> Tensor:
        for dim in range(tensor.dim()):
            if tensor.size(dim) == size:
                tensor = tensor.narrow(dim, 0, smaller)
        return tensor.clone()

    return lambda call: _changed(call, cut)


def _first_of_batch(call: Call) -> Call | None:
    """Without a leading dimension of size 1 that all tensors have."""
    tensors = [leaf for _, leaf in leaves((call.args, dict(call.kwargs))) if _is_tensor(leaf)]
    if not tensors or any(tensor.dim() < 2 or tensor.size(0) != 1 for tensor in tensors):
        return None
    return _changed(call, lambda tensor: tensor[0].clone())


def _rounded(decimals: int) -> Change:
    """Numbers with so many decimals; a -0 becomes a 0."""
    return lambda call: _changed(
        call,
        lambda tensor: (
            tensor.round(decimals=decimals) + 0.0 if _is_rough(tensor, decimals) else tensor
        ),
    )


def _four_digits(call: Call) -> Call | None:
    def rounded(tensor: Tensor) -> Tensor:
        if not tensor.is_floating_point():
            return tensor
        numbers = [float(f"{number:.4g}") for number in tensor.double().flatten().tolist()]
        return torch.tensor(numbers, dtype=torch.float64).reshape(tensor.shape).to(tensor.dtype)

    return _changed(call, rounded)


def _is_rough(tensor: Tensor, decimals: int) -> bool:
    return tensor.is_floating_point() and not torch.equal(tensor.round(decimals=decimals), tensor)


def _changed(call: Call, change: Callable[[Tensor], Tensor]) -> Call | None:
    changed = False

    def apply(leaf: Any, path: str) -> Any:
        nonlocal changed
        if not _is_tensor(leaf):
            return leaf
        new = change(leaf)
        changed = changed or new.shape != leaf.shape or not torch.equal(new, leaf)
        return new

    args, kwargs = mapped(apply, (call.args, dict(call.kwargs)))
    return replace(call, args=args, kwargs=kwargs) if changed else None


def _is_tensor(leaf: Any) -> bool:
    return isinstance(leaf, Tensor)


def _size(exchange: Exchange) -> int:
    call = exchange.call
    return sum(
        leaf.numel() if isinstance(leaf, Tensor) else 1
        for _, leaf in leaves((call.args, dict(call.kwargs)))
    )


def _is_unusual(exchange: Exchange) -> bool:
    """Whether it is given numbers that nobody would try first: huge ones, or of half precision."""
    given = leaves((exchange.call.args, dict(exchange.call.kwargs)))
    tensors = [leaf for _, leaf in given if isinstance(leaf, Tensor)]
    return any(
        each.dtype not in _PLAIN or bool((each[each.isfinite()].abs() > USUAL).any())
        for each in tensors
        if each.dtype != torch.bool
    )


def _error(raised: Raised) -> str:
    return f"{raised.type}: {raised.message}" if raised.message else raised.type


def spell(call: Call) -> str:
    """The call as Python that can be pasted, whatever its length."""
    parts = [_python(arg) for arg in call.args]
    parts += [f"{name}={_python(arg)}" for name, arg in call.kwargs.items()]
    return f"{name_of(call)}({', '.join(parts)})"


_PLAIN = (torch.float32, torch.int64, torch.bool)


def _python(value: Any) -> str:
    if isinstance(value, Tensor):
        dtype = "" if value.dtype in _PLAIN else f", dtype={value.dtype}"
        if value.numel() == 0:
            return f"torch.zeros({tuple(value.shape)}{dtype})"
        return f"torch.tensor({_numbers(value.tolist())}{dtype})"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return f"({', '.join(map(_python, value))}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_python(item)}' for key, item in value.items())}}}"
    if isinstance(value, float):
        return _numbers(value)
    if isinstance(value, Handle):  # it lives on the other side: to be read, and not pasted
        return show(value)
    return repr(value)


def _numbers(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_numbers, value))}]"
    if isinstance(value, float):
        if not math.isfinite(value):
            return f'float("{value}")'
        short = f"{value:.6g}"
        return short if any(mark in short for mark in ".e") else f"{short}."
    return repr(value)
