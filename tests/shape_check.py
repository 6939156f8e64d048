"""The type checker that jaxtyping's import hook calls: it looks at array annotations only.

The annotations are read once, when a function is made: a test that trains calls functions a hundred
thousand times.
"""

import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from jaxtyping import AbstractArray

Fits = Callable[[Any], bool]


def check_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, raising TypeError where an argument or result has not its annotated shape."""
    signature = inspect.signature(function)
    parameters = list(enumerate(signature.parameters.values()))
    demands = [
        (place if parameter.kind < inspect.Parameter.VAR_POSITIONAL else None, parameter, fits)
        for place, parameter in parameters
        if (fits := fit_of(parameter.annotation))
    ]
    result_fits = fit_of(signature.return_annotation)

    def checked(*args: Any, **kwargs: Any) -> Any:
        for place, parameter, fits in demands:
            if place is not None and place < len(args):
                demand(parameter.name, args[place], parameter.annotation, fits)
            elif parameter.name in kwargs:
                demand(parameter.name, kwargs[parameter.name], parameter.annotation, fits)
        result = function(*args, **kwargs)
        if result_fits:
            demand("the result", result, signature.return_annotation, result_fits)
        return result

    return checked


def demand(name: str, value: Any, hint: Any, fits: Fits) -> None:
    if not fits(value):
        shape = getattr(value, "shape", type(value))
        raise TypeError(f"{name} is {shape}, not {hint}")


def fit_of(hint: Any) -> Fits | None:
    """Whether a value is as annotated; None where every value is."""
    if isinstance(hint, type) and issubclass(hint, AbstractArray):
        return lambda value: isinstance(value, hint)
    if hint is None or hint is NoneType:
        return lambda value: value is None
    parts = [fit_of(part) for part in get_args(hint)]
    if get_origin(hint) is UnionType:
        options = [part for part in parts if part]
        return (lambda value: any(fits(value) for fits in options)) if all(parts) else None
    if get_origin(hint) is tuple and ... not in get_args(hint):
        return lambda value: (
            len(value) == len(parts)
            and all(fits is None or fits(item) for fits, item in zip(parts, value, strict=True))
        )
    return None
