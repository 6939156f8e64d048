"""A cell's statements at its left edge: which names each gives, and which it needs.

The text is read, not parsed: a parser can be crashed by what it reads, and this is our own process.
A name that is found too often costs nothing: what is brought along for it is not used. No pattern
takes more than linear time, whatever a cell says.

Lines that only IPython knows are told apart. Most of them change nothing in the code around them
(`%matplotlib inline`, `!pip install`, `display(x)`) and become comments. Where they matter, they
are refused.
"""

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass

PIECE = re.compile(
    r"""
      (?P<text>(?P<prefix>[rbufRBUF]{0,2})
        (?:(?P<marks>\"{3}|'{3})(?:\\.|[^\\])*?(?:(?P=marks)|\Z)
          |"(?:\\.|[^"\\\n])*"?
          |'(?:\\.|[^'\\\n])*'?))
    | (?P<comment>\#[^\n]*)
    | (?P<open>[(\[{]) | (?P<close>[)\]}])
    | (?P<joined>\\\n)
    | (?P<end>\n)
    | \w+ | .
    """,
    re.X | re.S,
)
MAGIC = re.compile(
    r"""[ \t]*(?:
        (?:%{1,2}|!{1,2}|\?{1,2})(?P<name>\w*)(?:[^\\\n]|\\.)*  # may go on behind a backslash
      | [\w.]+\?{1,2}[ \t]*
    )(?:\n|\Z)""",
    re.X | re.S,
)
CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+)[^\n]*")
ASSIGNED = re.compile(r"=\s*[!%]")
TIMED = re.compile(r"[ \t]*%time[ \t]+")
# Calls that only show something in a notebook, and would end a program elsewhere.
SHOWS = re.compile(
    r"""(?:(?P<name>display|get_ipython|check)\s*\([^;]*\)
      | from\s+grader\.checking\s+import\s+check)\s*(?:;\s*)?\Z""",
    re.X,
)
GIVES_NAMES = {"run", "load", "loadpy", "pylab", "store", "macro", "recall", "rerun", "edit"}
RUNS_THE_CELL = {"time", "capture", "prun"}  # the others give it to something else

CONTINUES = re.compile(r"(?:else|elif|except|finally)\b")
DEFINITION = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
PARAMETERS = re.compile(r"[(,*]\s*(\w+)\s*(?=[,:=)])")
LAMBDA = re.compile(r"\blambda\b((?:(?!\blambda\b)[^:])*):")
LOOP = re.compile(r"\bfor\b((?:(?!\bfor\b).)+?)\bin\b", re.S)
ALIAS = re.compile(r"\bas\s+(\w+)")
WALRUS = re.compile(r"\b(\w+)\s*:=")
TARGETS = re.compile(r"([\w\s,()*]+)(:[^=()]+)?=(?!=)")
KEYWORD = re.compile(r"[(,]\s*(\w+)\s*=(?!=)")
IMPORT = re.compile(r"\s*import\s+(.+)", re.S)
FROM = re.compile(r"\s*from\s+[\w.]+\s+import\s+(.+)", re.S)
NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
FIELD = re.compile(r"\{([^{}=!:]*)")
BLOCKS = re.compile(r"(?:if|try|with)\b")


@dataclass(frozen=True)
class Statement:
    """`text` has whole lines, and no line of IPython's that does not matter.

    `gives` are the names that others may use once it has run, `needs` those that it looks for
    outside of itself. `refusal` says which line of IPython's is in the way.
    """

    text: str
    gives: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    is_import: bool = False
    refusal: str = ""

    @property
    def is_future(self) -> bool:
        return self.text.startswith("from __future__ ")


@dataclass(frozen=True)
class Line:
    """A logical line as it was written; `code` is it without comments and texts."""

    text: str
    code: str
    refusal: str = ""

    @property
    def begins(self) -> bool:
        """Whether a statement at the left edge begins here."""
        return bool(self.code.strip()) and not self.code[0].isspace()


def statements(source: str) -> list[Statement]:
    """The statements of a cell, in order; none where the cell is not run as Python."""
    magic = CELL_MAGIC.match(source)
    if magic and magic["name"] not in RUNS_THE_CELL:
        return []
    if magic:
        source = source[: magic.start("name") - 2] + "# " + source[magic.start("name") :]
    groups: list[list[Line]] = []
    decorated = False
    for line in _logical_lines(_dedented(source)):
        belongs = decorated or CONTINUES.match(line.code) or not line.begins
        if groups and belongs:
            groups[-1].append(line)
        else:
            groups.append([line])
        if line.code.strip():
            decorated = line.code.startswith("@")
    return [_statement(lines) for lines in groups]


def _dedented(source: str) -> str:
    """As IPython does it: what the first line is indented by is taken from all."""
    indent = re.match(r"(?:[ \t]*\n)*([ \t]*)", source)
    if not indent or not indent[1]:
        return source
    return re.sub(rf"(?m)^{re.escape(indent[1])}", "", source)


def is_indented(source: str) -> bool:
    """Whether a cell begins in the middle of a block, as one does that was split there."""
    return _dedented(source) != source


def other_language(source: str) -> str:
    """The magic that takes a cell away from Python; empty where none does."""
    magic = CELL_MAGIC.match(source)
    return f"%%{magic['name']}" if magic and magic["name"] not in RUNS_THE_CELL else ""


def _logical_lines(source: str) -> Iterator[Line]:
    own = set(re.findall(r"\b(?:def|class) +(\w+)", source))
    at = 0
    while at < len(source):
        if magic := MAGIC.match(source, at):
            yield _magic_line(magic)
            at = magic.end()
            continue
        start, depth, code = at, 0, []
        while at < len(source):
            piece = PIECE.match(source, at)
            assert piece  # its last alternative takes any character
            at = piece.end()
            depth = max(0, depth + (piece["open"] is not None) - (piece["close"] is not None))
            code.append(_code(piece))
            if piece["end"] and not depth:
                break
        text, plain = source[start:at], "".join(code)
        shows = SHOWS.match(plain)
        if shows and shows["name"] not in own:
            yield _ignored(text)
        else:
            yield Line(text, plain, _refused(text) if ASSIGNED.search(plain) else "")


def _code(piece: re.Match[str]) -> str:
    if piece["text"] is not None:
        # What an f-string looks up is code; all other texts are none.
        fields = FIELD.findall(piece["text"]) if "f" in piece["prefix"].lower() else []
        return f'"" {" ".join(fields)} '
    return "" if piece["comment"] or piece["joined"] else piece[0]


def _magic_line(magic: re.Match[str]) -> Line:
    text = magic[0]
    if timed := TIMED.match(text):
        rest = text[: len(text) - len(text.lstrip())] + text[timed.end() :]
        return next(_logical_lines(rest))
    if text[0].isspace() or magic["name"] in GIVES_NAMES:
        return Line(text, "", _refused(text))
    return _ignored(text)


def _ignored(text: str) -> Line:
    """As a comment, so that the lines below keep their numbers."""
    return Line("".join(f"# {line}\n" for line in text.splitlines()), "")


def _refused(text: str) -> str:
    shown = text.strip().splitlines()[0][:60]
    return (
        f"`{shown}` works in a notebook only, and the code around it depends on it."
        " Take it out, or write it in Python."
    )


def _statement(lines: list[Line]) -> Statement:
    code = [line.code for line in lines if line.code.strip()]
    refusal = next((line.refusal for line in lines if line.refusal), "")
    text = "".join(line.text for line in lines)
    if not code:
        return Statement(text, refusal=refusal)
    head = next((line for line in code if not line.startswith("@")), code[-1])
    bindings = [_binding(line) for line in code]
    needs = {name for one in bindings for name in _names(one.rest)}
    inner = {name for line in code for name in _inside(line)}
    is_import = IMPORT.match(head) is not None or FROM.match(head) is not None
    if definition := DEFINITION.match(head):
        inner |= {name for one in bindings for name in one.names}
        inner |= {name for line in code for name in _parameters(line)}
        return Statement(text, frozenset({definition[1]}), frozenset(needs - inner), False, refusal)
    # A loop is left where it is: nobody wants to train a model in order to have an answer graded.
    giving = bindings if BLOCKS.match(head) else bindings[:1]
    given = frozenset(name for one in giving for name in one.names)
    return Statement(text, given, frozenset(needs - inner), is_import, refusal)


@dataclass(frozen=True)
class Binding:
    """The names that a line makes, and the rest of it, which looks names up."""

    names: tuple[str, ...]
    rest: str


def _binding(line: str) -> Binding:
    if found := FROM.match(line) or IMPORT.match(line):
        return Binding(tuple(_imported(found[1])), "")
    if found := DEFINITION.match(line.lstrip()):
        return Binding((found[1],), line)
    names: list[str] = []
    rest: list[str] = []
    at = 0
    while found := TARGETS.match(line, at):
        if found[1].count("(") != found[1].count(")"):  # `f(x, dim=1)`
            break
        names += _names(found[1])
        rest.append(found[2] or "")
        at = found.end()
    return Binding(tuple(names), " ".join([*rest, line[at:]]))


def _imported(several: str) -> Iterator[str]:
    for part in re.split(r"[,;\n]", several.replace("(", " ").replace(")", " ")):
        if words := part.split():
            yield words[-1].partition(".")[0]


def _names(code: str) -> list[str]:
    return [name for name in NAME.findall(code) if not keyword.iskeyword(name)]


def _inside(line: str) -> Iterator[str]:
    """The names that only a part of the line knows."""
    for found in (*LAMBDA.findall(line), *LOOP.findall(line)):
        yield from _names(found)
    yield from ALIAS.findall(line)
    yield from WALRUS.findall(line)
    yield from KEYWORD.findall(line)


def _parameters(line: str) -> list[str]:
    return PARAMETERS.findall(line) if DEFINITION.match(line.lstrip()) else []
