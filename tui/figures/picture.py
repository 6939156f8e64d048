"""A figure as PNG, SVG or PDF, through matplotlib, for notebooks and documents.

matplotlib is an optional extra of the package, and is imported only here.
"""

from __future__ import annotations

import textwrap
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from exercises.errors import CourseError
from exercises.files import output_at_end
from tui.figures.colours import Scale
from tui.figures.figure import Figure, bar_number, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes  # type: ignore[import-not-found,unused-ignore]
    from matplotlib.figure import Figure as Canvas  # type: ignore[import-not-found,unused-ignore]

PICTURE_FORMATS = (".png", ".svg", ".pdf")
PAPER = Scale("#ffffff", "#2456a6", dark="#24272d")
CELL = 0.42  # inches
MOST_NUMBERS = 13  # beyond so many columns, numbers are too small to read
CAPTION_WIDTH = 72


class CannotDraw(CourseError):
    exit_code = 2


def save(figure: Figure, file: Path) -> None:
    """Raises CannotDraw where matplotlib is missing or the file's ending means no picture."""
    ending = file.suffix.lower()
    if ending not in PICTURE_FORMATS:
        raise CannotDraw(f"{file.name} must end in {', '.join(PICTURE_FORMATS)}.")
    canvas = picture(figure)
    from matplotlib import rc_context  # type: ignore[import-not-found,unused-ignore]

    # Without a date, and with ids that follow from the title, a figure gives the same file again.
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(ending)
    with (
        output_at_end(file) as temporary,
        rc_context({"svg.hashsalt": figure.title, "svg.fonttype": "none"}),
    ):
        canvas.savefig(
            temporary,
            format=ending[1:],
            dpi=160,
            bbox_inches="tight",
            facecolor="white",
            metadata=metadata,
        )


def png(figure: Figure) -> bytes:
    """The figure as a PNG for a page on a screen. Raises CannotDraw where matplotlib is missing."""
    content = BytesIO()
    picture(figure).savefig(content, format="png", dpi=100, facecolor="white")
    return content.getvalue()


def picture(figure: Figure) -> Canvas:
    """The figure as a matplotlib figure, which a notebook shows by itself."""
    try:
        import matplotlib  # type: ignore[import-not-found,unused-ignore]
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise CannotDraw(
            "Pictures need matplotlib. Install it with `pip install matplotlib`."
        ) from error
    with matplotlib.rc_context({"font.size": 9}):
        canvas = Canvas(figsize=_size(figure), layout="constrained")
        axes = canvas.add_subplot()
        if figure.is_bars:
            _bars(axes, figure)
        else:
            _heat_map(axes, figure)
        axes.set_title(figure.title, loc="left", fontsize=11)
        canvas.supxlabel(
            textwrap.fill(figure.caption, CAPTION_WIDTH), fontsize=8, x=0.02, ha="left"
        )
    return canvas


def _size(figure: Figure) -> tuple[float, float]:
    if figure.is_bars:
        return 6.0, 1.4 + 0.35 * len(figure.column_labels)
    columns, rows = len(figure.column_labels), len(figure.rows)
    return max(5.0, 1.5 + CELL * columns), 1.4 + CELL * rows


def _heat_map(axes: Axes, figure: Figure) -> None:
    from matplotlib.colors import LinearSegmentedColormap  # type: ignore[import-not-found,unused-ignore]

    colours = LinearSegmentedColormap.from_list("course", [PAPER.low, PAPER.high])
    axes.imshow(figure.rows, cmap=colours, vmin=figure.low, vmax=figure.high)
    every = 1 + len(figure.column_labels) // 24
    columns = range(0, len(figure.column_labels), every)
    are_words = any(not label.lstrip("-").isdigit() for label in figure.column_labels)
    axes.set_xticks(list(columns), [figure.column_labels[i] for i in columns])
    axes.tick_params(axis="x", rotation=45 if are_words else 0, length=0)
    axes.set_yticks(range(len(figure.rows)), figure.row_labels)
    axes.tick_params(axis="y", length=0)
    whole = figure.is_whole
    if len(figure.column_labels) <= MOST_NUMBERS:
        for y, row in enumerate(figure.rows):
            for x, value in enumerate(row):
                colour = PAPER.readable_on(figure.share(value))
                axes.text(
                    x, y, number(value, whole), ha="center", va="center", color=colour, fontsize=7
                )


def _bars(axes: Axes, figure: Figure) -> None:
    values, places = figure.rows[0], range(len(figure.column_labels))
    bars = axes.barh(places, values, color=PAPER.high, tick_label=figure.column_labels)
    axes.bar_label(bars, [bar_number(value, figure.is_whole) for value in values], padding=3)
    axes.set_xlim(figure.low, figure.high * 1.1)
    axes.invert_yaxis()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
