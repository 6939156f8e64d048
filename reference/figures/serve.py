"""Figures with parameters to turn, computed by the reference and sent as JSON lines.

    python -m reference.figures.serve
    ← {"figures": true}                                   → {"figures": [{"name": …}, …]}
    ← {"figure": "masks", "parameters": {"length": 8}}    → {"title": …, "rows": [[…], …], …}

The app starts this as a process of its own, so that torch never loads into the app. What there is
to ask for stands in `FIGURES`: a figure is a pure function of its parameters, and these are named
with all the values that they take.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

import torch

from reference.figures import FIGURES, Figure, Value


class UnknownFigure(ValueError):
    """A request for a figure, parameter or value that is not in `FIGURES`."""


def compute(name: str, parameters: Mapping[str, Value]) -> Figure:
    """The figure, with defaults for what `parameters` leaves out. Raises `UnknownFigure`."""
    entry = FIGURES.get(name)
    if entry is None:
        raise UnknownFigure(f"There is no figure {name!r}. There are {', '.join(FIGURES)}.")
    known = {parameter.name: parameter for parameter in entry.parameters}
    for given, value in parameters.items():
        if given not in known:
            raise UnknownFigure(f"{name} has no {given!r}. It has {', '.join(known)}.")
        if value not in known[given].values:
            values = ", ".join(map(_spelt, known[given].values))
            raise UnknownFigure(f"{given} is one of {values}, not {_spelt(value)}.")
    defaults = {parameter.name: parameter.default for parameter in entry.parameters}
    return entry.draw(**{**defaults, **parameters})


def _spelt(value: Value) -> str:
    """As it is typed: `true`, `0.5`, `"café"`."""
    return json.dumps(value, ensure_ascii=False)


def listing() -> list[dict[str, Any]]:
    """`FIGURES` as plain data."""
    return [
        {
            "name": entry.name,
            "title": entry.title,
            "parameters": [asdict(parameter) for parameter in entry.parameters],
        }
        for entry in FIGURES.values()
    ]


def answer(line: str) -> dict[str, Any]:
    """What is sent back for one line; a request that cannot be met gets an `error`."""
    try:
        request = json.loads(line)
        if request.get("figures"):
            return {"figures": listing()}
        return asdict(compute(request["figure"], request.get("parameters", {})))
    except (UnknownFigure, json.JSONDecodeError) as error:
        return {"error": str(error)}
    except (KeyError, TypeError, AttributeError) as error:
        return {"error": f"A request is an object with `figure` and `parameters` ({error!r})."}


def serve(requests: TextIO, answers: TextIO) -> None:
    """One answer a line until the other side closes."""
    for line in requests:
        print(json.dumps(answer(line), ensure_ascii=False), file=answers, flush=True)


def main() -> None:
    torch.set_num_threads(1)
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
