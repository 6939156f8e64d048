"""Words as they are searched: `√d_k`, `\\sqrt{d_k}` and `sqrt(dₖ)` are one."""

from __future__ import annotations

import re
import unicodedata

SIGNS = {"√": "sqrt", "∑": "sum", "∞": "infty", "∂": "partial", "⊙": "odot", "⊤": "top", "≤": "le"}
# Commands of LaTeX that only say how something looks.
LOOKS = re.compile(
    r"\\(?:mathrm|mathbf|mathbb|mathcal|operatorname|text|left|right|frac|[lr]Vert|quad|big)\b"
)
# d_k, d_{model}, n^2: a letter with its index is one word.
SCRIPT = re.compile(r"(?<![^\W_])([^\W\d_])[_^]\{?(\w+)\}?")
SPELLING = re.compile(r"(?<=\w{3})iz(?=e|ing|ation)")
ENDING = re.compile(r"(?:ations?|ing|ed|es|s|e)$")
SHORTEST_STEM = 3
COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from how i in is it me my not of on or so than"
        " that the their then there this to was what when where which why will with you your",
    )
)


def normalised(text: str) -> str:
    """Lower-case words and numbers with single spaces; formulas spelt out."""
    text = unicodedata.normalize("NFKC", LOOKS.sub(" ", text))
    text = "".join(map(_spelt, text)).replace("\\", " ").casefold()
    text = SCRIPT.sub(r"\1\2", text)
    return SPELLING.sub("is", " ".join(re.findall(r"[^\W_]+", text)))


def all_of(typed: str) -> str:
    """An FTS5 query: every word, or the beginning of one."""
    # What was typed without a space belongs together: `√d_k`, `self-attention`.
    return " AND ".join(_terms([normalised(word) for word in typed.split()]))


def any_of(typed: str) -> str:
    return " OR ".join(_terms(normalised(typed).split()))


def telling_part(text: str, asked: str) -> str:
    """The paragraph of a Markdown text that holds most of the words `asked`."""
    wanted = set(asked.split())
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if not part.startswith(("```", "#"))]
    return max(paragraphs, key=lambda part: _score(part, wanted), default="").strip()


def _score(paragraph: str, wanted: set[str]) -> int:
    held = normalised(paragraph).split()
    return sum(any(word.startswith(asked) for word in held) for asked in wanted)


def _terms(parts: list[str]) -> list[str]:
    telling = [part for part in parts if part and part not in COMMON]
    return [_term(part) for part in telling or filter(None, parts)]


def _term(part: str) -> str:
    """A word with its other endings; several words that stand side by side."""
    stem = ENDING.sub("", part)
    if " " in part or stem == part or len(stem) < SHORTEST_STEM:
        return f'"{part}"*'
    return f'("{part}"* OR "{stem}"*)'


def _spelt(character: str) -> str:
    if character.isascii():
        return character
    if character in SIGNS:
        return f" {SIGNS[character]} "
    name = unicodedata.name(character, "")
    return f" {name.split()[-1]} " if name.startswith("GREEK") else character
