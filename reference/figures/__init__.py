"""Figures of the Lab: pure functions of their parameters, one module a theme.

A new theme is a module with its `FIGURES`, and its name here.
"""

from reference.figures import (
    attention,
    decoders,
    heads,
    layers,
    masks,
    networks,
    norms,
    positions,
    training,
    variants,
)
from reference.figures.figure import Figure, FigureInfo, Parameter, Value

__all__ = ["FIGURES", "Figure", "FigureInfo", "Parameter", "Value"]

THEMES = (attention, decoders, heads, layers, masks, networks, norms, positions, training, variants)

FIGURES: dict[str, FigureInfo] = {info.name: info for theme in THEMES for info in theme.FIGURES}
