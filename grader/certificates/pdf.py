"""A certificate as PDF, by fpdf2 and in the fonts that every viewer brings along.

These have the letters of Western Europe only. For another Latin letter, Greek or Cyrillic in a name
DejaVu Serif is put into the file, where this machine has it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from importlib.util import find_spec
from pathlib import Path
from unicodedata import name as name_of_letter

from grader.certificates.facts import Facts, metadata
from grader.certificates.layout import POINT, Box, Font, Item, Text
from grader.errors import UsageError

try:
    from fpdf import FPDF
except ImportError as error:
    raise UsageError(
        "A certificate as PDF needs the package fpdf2, which is not installed here."
        " `pip install 'learn-transformer[certificate]'` brings it; an SVG needs nothing."
    ) from error

FONTS: dict[Font, tuple[str, str]] = {
    "serif": ("times", ""),
    "italic": ("times", "I"),
    "sans": ("helvetica", ""),
    "bold": ("helvetica", "B"),
    "mono": ("courier", ""),
}
DEJAVU = "DejaVuSerif.ttf"
FONT_FOLDERS = (
    *("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/TTF", "/usr/share/fonts/dejavu"),
    *("/usr/share/fonts/dejavu-serif-fonts", "/Library/Fonts"),
)
SCRIPTS = ("LATIN ", "GREEK ", "CYRILLIC ")


def render(page: Sequence[Item], facts: Facts) -> bytes:
    pdf = FPDF("landscape", "mm", "A4")
    pdf.core_fonts_encoding = "cp1252"
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime.combine(facts.day, time(), UTC))
    pdf.set_lang("en")
    pdf.set_title(f"Certificate of the final exam: {facts.name}")
    pdf.set_author("learn-transformer")
    pdf.set_xmp_metadata(metadata(facts))
    pdf.add_page()
    for item in page:
        if isinstance(item, Box):
            _box(pdf, item)
        else:
            _text(pdf, item)
    return bytes(pdf.output())


def _box(pdf: FPDF, box: Box) -> None:
    pdf.set_fill_color(box.colour)
    pdf.set_draw_color(box.colour)
    pdf.set_line_width(box.line)
    pdf.rect(box.x, box.y, box.width, box.height, style="D" if box.line else "F")


def _text(pdf: FPDF, line: Text) -> None:
    family, style = FONTS[line.font]
    if not _is_western(line.text):
        family, style = "dejavu", ""
        pdf.add_font(family, style, _dejavu(line.text))
    pdf.set_font(family, style, line.size)
    pdf.set_char_spacing(line.spacing / POINT)
    pdf.set_text_color(line.colour)
    # The gap behind the last letter is none of the line.
    width = pdf.get_string_width(line.text) - line.spacing
    pdf.text(line.x - width / 2, line.y, line.text)


def _is_western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _dejavu(text: str) -> Path:
    """The font that has these letters. Raises `UsageError` where there is none, or none here."""
    for char in text:
        # Other scripts join their letters, or run the other way; that is for the SVG's viewer.
        if char.isalpha() and not name_of_letter(char, "").startswith(SCRIPTS):
            raise UsageError(
                f"A PDF with the letter {char!r} cannot be written here. The SVG can hold it:"
                " a browser prints it as PDF."
            )
    matplotlib = find_spec("matplotlib")
    within = (matplotlib.submodule_search_locations or []) if matplotlib else []
    folders = [*FONT_FOLDERS, *(f"{folder}/mpl-data/fonts/ttf" for folder in within)]
    for folder in folders:
        if (font := Path(folder, DEJAVU)).is_file():
            return font
    raise UsageError(
        "The fonts of every PDF viewer lack a letter of this name, and DejaVu Serif, which has it,"
        " is not installed here. `pip install 'learn-transformer[figures]'` brings it; the SVG"
        " needs no font."
    )
