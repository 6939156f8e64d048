"""The type checker that jaxtyping's import hook calls: it looks at array annotations only."""

import inspect
from collections.abc import Callable
from types import UnionType
from typing import Any, get_args, get_origin

from jaxtyping import AbstractArray


def check_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, raising TypeError where an argument or result has not its annotated shape."""
    signature = inspect.signature(function)

    def checked(*args: Any, **kwargs: Any) -> Any:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            demand(name, value, signature.parameters[name].annotation)
        result = function(*args, **kwargs)
        demand("the result", result, signature.return_annotation)
        return result

    return checked


def demand(name: str, value: Any, hint: Any) -> None:
    if not fits(value, hint):
        shape = getattr(value, "shape", type(value))
        raise TypeError(f"{name} is {shape}, not {hint}")


def fits(value: Any, hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, AbstractArray):
        return isinstance(value, hint)
    if get_origin(hint) is UnionType:
        return any(fits(value, option) for option in get_args(hint))
    if get_origin(hint) is tuple and ... not in get_args(hint):
        return len(value) == len(get_args(hint)) and all(map(fits, value, get_args(hint)))
    return value is None if hint in (None, type(None)) else True
