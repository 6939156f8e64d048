"""A certificate as SVG, in fonts that each viewer has or has one like."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from grader.certificates.facts import Facts, metadata
from grader.certificates.layout import HEIGHT, POINT, WIDTH, Box, Font, Item

SERIF = "font-family: 'Times New Roman', Times, 'Liberation Serif', 'Nimbus Roman', serif"
SANS = "font-family: Helvetica, Arial, 'Liberation Sans', 'Nimbus Sans', sans-serif"
STYLES: dict[Font, str] = {
    "serif": SERIF,
    "italic": f"{SERIF}; font-style: italic",
    "sans": SANS,
    "bold": f"{SANS}; font-weight: bold",
    "mono": "font-family: 'Courier New', Courier, 'Liberation Mono', monospace",
}


def render(page: Sequence[Item], facts: Facts) -> bytes:
    styles = "\n".join(f".{name} {{ {style} }}" for name, style in STYLES.items())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH:g}mm" height="{HEIGHT:g}mm"'
        f' viewBox="0 0 {WIDTH:g} {HEIGHT:g}" text-anchor="middle" role="document">',
        f"<title>Certificate of the final exam: {escape(facts.name)}</title>",
        f"<metadata>{metadata(facts)}</metadata>",
        f"<style>@page {{ size: A4 landscape; margin: 0 }}\n{styles}</style>",
        *map(_element, page),
        "</svg>",
    ]
    return "\n".join([*lines, ""]).encode()


def _element(item: Item) -> str:
    if isinstance(item, Box):
        paint = (
            f'fill="none" stroke="{item.colour}" stroke-width="{item.line:g}"'
            if item.line
            else f'fill="{item.colour}"'
        )
        return (
            f'<rect x="{item.x:.3f}" y="{item.y:.3f}" width="{item.width:.3f}"'
            f' height="{item.height:.3f}" {paint}/>'
        )
    # The gap behind the last letter counts as a part of the line; half of it moves the middle.
    return (
        f'<text class="{item.font}" x="{item.x + item.spacing / 2:.3f}" y="{item.y:.3f}"'
        f' font-size="{item.size * POINT:.3f}" letter-spacing="{item.spacing:g}"'
        f' fill="{item.colour}">{escape(item.text)}</text>'
    )
