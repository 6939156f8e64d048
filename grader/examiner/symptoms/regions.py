"""Right in one part of the result and wrong in another: where, and what stands there instead."""

import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from grader.examiner.symptoms.evidence import Difference, Evidence, dimension, distinct, lowered

CHANCES = 4000  # ways to choose as many places, of which a region is one
FILLED = 0.8  # of a region in which all lies that is wrong, at least so much must be
FULL = 0.99  # of one whose border is arbitrary
WIDE = 0.9  # a region that is nearly everything says nothing
ENOUGH_ALIKE = 3  # that should be there, where one and the same is

Region = Callable[[Difference], Tensor | None]


def wrong_in_a_region(evidence: Evidence) -> str | None:
    """The one part in which every difference lies, all else being right."""
    wrong = [found for found in evidence.differences if found.is_wrong]
    if not wrong:
        return None
    fits = [(_fit(wrong, region), phrase, region) for phrase, region in _regions(wrong, evidence)]
    fits += [
        (fit, phrase, region)
        for phrase, region in _cuts(wrong, evidence)
        if (fit := _fit(wrong, region)) >= FULL
    ]
    fit, phrase, region = max(fits, key=lambda found: found[0])  # the first of the tightest
    if fit < FILLED:
        return None
    there = _instead(evidence)
    if not all(_is_filled(found, region) for found in evidence.differences):
        lies = f"All that is wrong in {lowered(evidence.what)} lies {phrase}"
        return f"{lies}, and is {there}." if there else f"{lies}."
    for beyond, only in _ONLY.items():
        if phrase.startswith(beyond):
            one = phrase.replace(beyond, only)
            return f"{one} of {lowered(evidence.what)} is right."
    where = f"{evidence.what} is wrong {phrase}, and right everywhere else"
    return f"{where}; there it is {there}." if there else f"{where}."


def not_finite(evidence: Evidence) -> str | None:
    """NaN or infinity is all that is wrong."""
    if not evidence.differences:
        return None
    there = _instead(evidence)
    if there not in ("NaN", "infinite", "NaN or infinite"):
        return None
    return f"All that is wrong in {lowered(evidence.what)} is {there}."


def constant(evidence: Evidence) -> str | None:
    """One and the same number stands in every place that is wrong."""
    if evidence.numbers < ENOUGH_ALIKE:
        return None
    wanted = torch.cat([found.expected[~found.close].flatten() for found in evidence.differences])
    there = _instead(evidence)
    if not there or distinct(wanted) < ENOUGH_ALIKE:
        return None
    return f"Wherever {lowered(evidence.what)} is wrong, it is {there}."


def _is_filled(found: Difference, region: Region) -> bool:
    """Whether nothing in a region is right."""
    where = region(found)
    return where is not None and not bool((found.close & where).any())


def _fit(differences: Sequence[Difference], region: Region) -> float:
    """How much of a region is wrong, where all that is wrong lies in it by no chance; else 0."""
    wrong, inside, chosen, total, chances = 0, 0, 0, 0, 1
    for found in differences:
        where = region(found)
        if where is None or where.shape != found.close.shape or (~found.close & ~where).any():
            return 0.0
        told = (found.expected != 0) | ~found.close  # a 0 is easily right
        wrong += int((~found.close).sum())
        inside += int(where.sum())
        chosen += int((where & told).sum())
        total += int(told.sum())
        chances *= math.comb(int(told.sum()), int((where & told).sum()))
    return wrong / inside if chosen < WIDE * total and chances >= CHANCES else 0.0


def _instead(evidence: Evidence) -> str:
    """What stands in the wrong places, where that is one thing."""
    numbers = torch.cat([found.got[~found.close].flatten() for found in evidence.differences])
    if numbers.isnan().all():
        return "NaN"
    if numbers.isinf().all():
        return "infinite"
    if not numbers.isfinite().any():
        return "NaN or infinite"
    if numbers.numel() > 1 and distinct(numbers) == 1:
        return f"{float(numbers[0]) + 0.0:.4g}"  # no -0
    return ""


def _regions(differences: Sequence[Difference], evidence: Evidence) -> Iterator[tuple[str, Region]]:
    yield from _by_masks(differences)
    yield "where 0 is expected", lambda found: found.expected == 0
    yield "where a negative number is expected", lambda found: found.expected < 0
    yield "where a positive number is expected", lambda found: found.expected > 0
    yield "on the diagonal", lambda found: _square(found, torch.eq)
    yield "off the diagonal", lambda found: _square(found, torch.ne)
    yield "above the diagonal", lambda found: _square(found, torch.lt)
    yield "below the diagonal", lambda found: _square(found, torch.gt)
    dims = {found.expected.dim() for found in differences}
    for dim in range(dims.pop()) if len(dims) == 1 and evidence.is_most else ():
        n = differences[0].expected.dim()
        for phrase, chosen in _PLACES:
            yield phrase.format(dimension(dim, n)), _along(dim, chosen)
    yield from _by_arguments(differences)


# Of an index i below n, along one dimension.
_PLACES: tuple[tuple[str, Callable[[Tensor, int], Tensor]], ...] = (
    ("at the first index of {}", lambda i, n: i == 0),
    ("at the last index of {}", lambda i, n: i == n - 1),
    ("beyond the first entry along {}", lambda i, n: i > 0),
    ("before the last entry along {}", lambda i, n: i < n - 1),
    ("at odd indices of {}", lambda i, n: i % 2 == 1),
    ("at even indices of {}", lambda i, n: i % 2 == 0),
)

# Of a region that is wrong throughout, what the plainer words are.
_ONLY = {
    "beyond the first entry": "Only the first entry",
    "before the last entry": "Only the last entry",
}


def _cuts(differences: Sequence[Difference], evidence: Evidence) -> Iterator[tuple[str, Region]]:
    """Halves of a dimension, and what lies beyond the size of another one."""
    dims = {found.expected.dim() for found in differences}
    sizes = set.intersection(*(set(found.sizes) for found in differences))
    for dim in range(dims.pop()) if len(dims) == 1 and evidence.is_most else ():
        where = dimension(dim, differences[0].expected.dim())
        for size in sorted(sizes, key=lambda phrase: (phrase.count(" "), phrase)):
            yield f"along {where} beyond the first n places, where n is {size}", _beyond(dim, size)
        yield f"in the second half of {where}", _along(dim, lambda i, n: i >= n // 2)
        yield f"in the first half of {where}", _along(dim, lambda i, n: i < (n + 1) // 2)


def _beyond(dim: int, size: str) -> Region:
    return lambda found: _along(dim, lambda i, n: i >= found.sizes[size])(found)


def _along(dim: int, chosen: Callable[[Tensor, int], Tensor]) -> Region:
    def region(found: Difference) -> Tensor:
        n = found.expected.size(dim)
        places = chosen(torch.arange(n), n)
        shape = [1] * found.expected.dim()
        shape[dim] = n
        return places.view(shape).expand_as(found.expected)

    return region


def _square(found: Difference, compare: Callable[[Tensor, Tensor], Tensor]) -> Tensor | None:
    if found.expected.dim() < 2:
        return None
    rows, columns = found.expected.shape[-2:]
    where = compare(torch.arange(rows)[:, None], torch.arange(columns)[None])
    return where.expand_as(found.expected)


def _by_masks(differences: Sequence[Difference]) -> Iterator[tuple[str, Region]]:
    for name in _common(differences, masks=True):
        yield f"where `{name}` is False", _mask(name, lambda mask: ~mask, False)
        yield (
            f"in the rows where `{name}` is False throughout",
            _mask(name, lambda mask: ~mask.any(-1, keepdim=True).expand_as(mask)),
        )
        yield (
            f"in the rows where `{name}` is True somewhere",
            _mask(name, lambda mask: mask.any(-1, keepdim=True).expand_as(mask)),
        )
        yield (
            f"in the rows where `{name}` is False somewhere",
            _mask(name, lambda mask: (~mask).any(-1, keepdim=True).expand_as(mask)),
        )


def _mask(name: str, chosen: Callable[[Tensor], Tensor], of_rows: bool = True) -> Region:
    """What `chosen` gives of a mask; where it is `of_rows`, also for a result of other columns."""

    def region(found: Difference) -> Tensor | None:
        mask = found.arguments[name].cpu()
        where = chosen(mask) if mask.dim() else mask
        for candidate in (where, where[..., :1] if where.dim() and of_rows else where):
            try:
                return candidate.expand_as(found.expected)
            except RuntimeError:
                continue
        return None

    return region


def _by_arguments(differences: Sequence[Difference]) -> Iterator[tuple[str, Region]]:
    for name in _common(differences, masks=False):
        yield f"where `{name}` is 0", _argument(name, lambda x: x == 0)
        yield f"where `{name}` is negative", _argument(name, lambda x: x < 0)
        yield f"where `{name}` is positive", _argument(name, lambda x: x > 0)
        yield f"where `{name}` is larger than 1", _argument(name, lambda x: x > 1)


def _argument(name: str, chosen: Callable[[Tensor], Tensor]) -> Region:
    def region(found: Difference) -> Tensor | None:
        value = found.tensors.get(name)
        if value is None or value.shape != found.expected.shape:
            return None
        return chosen(value)

    return region


def _common(differences: Sequence[Difference], masks: bool) -> list[str]:
    """The arguments that are tensors in every wrong call: masks, or those that are none."""
    return [
        name
        for name in differences[0].arguments
        if all(
            isinstance(value := found.arguments.get(name), Tensor)
            and (value.dtype == torch.bool) == masks
            for found in differences
        )
    ]
