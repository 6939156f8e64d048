"""What in a text could be an answer to an exercise, as files that the grader can judge.

Nothing is run here. Code stands in fenced blocks, in `backticks`, or as lines that read as Python;
and it may be hidden in base64 or hexadecimal digits. It may be a whole file, some functions of it,
or only the body of one, which is then tried in the stub.
"""

import ast
import base64
import binascii
import itertools
import keyword
import re
import textwrap
import warnings
from collections.abc import Iterator, Sequence

MOST_TRIED = 6  # files of one post
MOST_FUNCTIONS = 8  # of a stub, into which bodies are put
LIKE_THE_SOLUTION = 0.75  # of its runs of tokens: then a slip is all that is wrong
FEWEST_RUNS = 12  # of a solution; what is shorter is like too much else
LIBRARY = frozenset({"torch", "nn", "math"})
FENCED = re.compile(r"^[ >]*(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[ >]*\1|\Z)", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
MARKS = re.compile(r"^(?:(?:>>>|\.\.\.|>|[-+*])(?: |$))+")
LIKE_CODE = re.compile(r"\b(def|return|lambda|import)\b.*[(:=.]|\w\(.*\)|\w = ")
CODE_IN_WORDS = re.compile(r"\w[(\[]| = ")
TELLING = (
    ast.Call,
    ast.BinOp,
    ast.FunctionDef,
    ast.Lambda,
    ast.Subscript,
    ast.Assign,
    ast.Return,
    ast.Import,
    ast.ImportFrom,
)
TOKEN = re.compile(r"\w+|[^\w\s]")


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text as it is shown: code blocks (True) and paragraphs, in order."""
    end = 0
    for block in FENCED.finditer(text):
        yield from _paragraphs(text[end : block.start()])
        yield True, block[2].rstrip("\n")
        end = block.end()
    yield from _paragraphs(text[end:])


def _paragraphs(text: str) -> Iterator[tuple[bool, str]]:
    for paragraph in re.split(r"\n\s*\n", text):
        if paragraph.strip():
            yield False, paragraph.strip("\n")


def codes(text: str) -> list[str]:
    """What of a text is code, the likeliest first; empty for plain words."""
    plain = FENCED.sub("", text)
    found = [block[2] for block in FENCED.finditer(text)]
    found = ["\n".join(found), *found, _code_lines(plain), _code_lines(text)]
    found += ["\n".join(INLINE.findall(plain)), *INLINE.findall(plain)]
    for hidden in ENCODED.findall(re.sub(r"(?<=[\w+/=])\n(?=[\w+/=])", "", text)):
        found += [_code_lines(decoded) for decoded in _decoded(hidden)]
    tidy = (textwrap.dedent(one.expandtabs(4)).strip("\n") for one in found)
    return [one for one in dict.fromkeys(tidy) if _is_code(one)]


def _code_lines(text: str) -> str:
    """The lines that read as Python, without the words between them."""
    lines = [MARKS.sub("", line.rstrip()) for line in text.expandtabs(4).splitlines()]
    return "\n".join(line for line in lines if _is_code_line(line))


def _is_code_line(line: str) -> bool:
    code = line.strip()
    if code.startswith(("@", ")", "]", "}", "elif ", "else:", "except", "finally")):
        return True
    is_inside = line.startswith("    ") and _tree(code) is not None
    return is_inside or _does_something(code) or _does_something(f"{code} pass")


def _is_code(text: str) -> bool:
    return _does_something(text) or bool(LIKE_CODE.search(text))


def _does_something(text: str) -> bool:
    """Whether this reads as Python, and is more than a word."""
    tree = _tree(text)
    return tree is not None and any(isinstance(node, TELLING) for node in ast.walk(tree))


def _decoded(hidden: str) -> Iterator[str]:
    digits = hidden.rstrip("=")
    padded = digits + "=" * (-len(digits) % 4)
    for decode, given in (
        (bytes.fromhex, digits),
        (base64.urlsafe_b64decode, padded),
        (base64.b64decode, padded),
    ):
        try:
            yield decode(given).decode()
        except (ValueError, binascii.Error):
            continue


def has_code(text: str) -> bool:
    """Whether it must be judged before it is shown to all; mere words need not be."""
    return bool(codes(text) or ENCODED.search(text) or CODE_IN_WORDS.search(text))


def tries(found: Sequence[str], stub: str, entry: Sequence[str]) -> list[str]:
    """At most `MOST_TRIED` files to be graded: each code as a file, and as bodies in the stub."""
    ways: list[list[str | None]] = []
    ways.append([f"{stub}\n\n{code}\n{_given_names(code, stub, entry)}" for code in found])
    ways.append([_filled(stub, [code]) for code in found])
    if len(found) > 2:
        ways.append([_filled(stub, found[1:])])
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*ways))
    read = (one for one in in_turn if one and _tree(one))
    return list(dict.fromkeys(read))[:MOST_TRIED]


def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _given_names(code: str, stub: str, entry: Sequence[str]) -> str:
    """What another name hides: the last function is the one that is asked for, a lone `forward` is
    that of the stub's class."""
    tree, asked = _tree(code), _tree(stub)
    if tree is None or asked is None:
        return ""
    kinds = (ast.FunctionDef, ast.ClassDef)
    own = [node.name for node in tree.body if isinstance(node, kinds)]
    own += [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    lines = []
    for node in asked.body:
        if isinstance(node, ast.ClassDef):
            methods = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
            lines += [f"{node.name}.{name} = {name}" for name in own if name in methods]
    if own and not lines and not set(own) & set(entry):
        lines += [f"{name} = {own[-1]}" for name in entry]
    return "\n".join(lines) + "\n"


def _filled(stub: str, bodies: Sequence[str]) -> str | None:
    """The stub with its unwritten functions written: one after the other, or all by a lone body."""
    tree = _tree(stub)
    if tree is None or _only_defines(bodies):
        return None
    lines = stub.splitlines()
    places = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)
    ][:MOST_FUNCTIONS]
    places.sort(key=lambda node: node.lineno)
    given = list(bodies) * len(places) if len(bodies) == 1 else list(bodies)
    for node, body in reversed(list(zip(places, given, strict=False))):
        written = textwrap.indent(_returning(body), " " * node.col_offset)
        lines[node.lineno - 1 : node.end_lineno] = written.splitlines()
    return "\n".join(lines) + "\n"


def _only_defines(bodies: Sequence[str]) -> bool:
    trees = [tree for body in bodies if (tree := _tree(body))]
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return any(all(isinstance(node, kinds) for node in tree.body) for tree in trees)


def _returning(body: str) -> str:
    """What only says a value gives it back, as one who reads it would; so does a last name."""
    tree = _tree(body)
    if tree is None or not tree.body:
        return body
    last = tree.body[-1]
    if isinstance(last, ast.Expr):
        tree.body[-1] = ast.copy_location(ast.Return(last.value), last)
    elif isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
        tree.body.append(ast.Return(ast.Name(last.targets[0].id, ast.Load())))
    try:
        return ast.unparse(ast.fix_missing_locations(tree))
    except RecursionError:  # what is read by a loop may be too deep to be written
        return body


def is_like(text: str, solution: str) -> bool:
    """Whether a text holds the solution but for a slip, or spread over words.

    For what earns no points, since those say nothing of code that does not run. Compared are runs
    of three tokens in any order, with all names of one's own alike.
    """
    wanted = _runs(_bodies(solution))
    return len(wanted) >= FEWEST_RUNS and len(wanted & _runs(text)) >= LIKE_THE_SOLUTION * len(
        wanted
    )


def _bodies(source: str) -> str:
    """The statements of all functions, without their docstrings."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    skip = (ast.FunctionDef, ast.Constant)
    return "\n".join(
        ast.unparse(part)
        for function in functions
        for part in function.body
        if not isinstance(getattr(part, "value", part), skip)
    )


def _runs(text: str) -> set[tuple[str, ...]]:
    tokens: list[str] = []
    before = ""
    for token in TOKEN.findall(text):
        is_own = token.isidentifier() and before != "." and not keyword.iskeyword(token)
        tokens.append("name" if is_own and token not in LIBRARY else token)
        before = token
    return set(zip(tokens, tokens[1:], tokens[2:], strict=False))
