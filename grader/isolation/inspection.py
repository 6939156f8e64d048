"""Looks at a submission before it runs: does it parse, does it call what would skip the point?

This runs in the worker, since a parser can be crashed by what it reads, but before the learner's
code does, so its answer can be trusted. The check for forbidden calls is a guard-rail for learners,
not a wall: who hides a call behind `eval` fools nobody but themselves.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

OWN = {"self", "cls", "super"}


@dataclass(frozen=True)
class Finding:
    """What is wrong with a file, and where. `call` spells a use of the forbidden `name`."""

    kind: str
    file: str
    line: int | None
    code: str
    message: str = ""
    call: str = ""
    name: str = ""


def inspect_files(files: Mapping[str, str], forbidden: frozenset[str]) -> Finding | None:
    """The first thing that keeps the files from being graded, or None."""
    for name, source in files.items():
        try:
            tree = ast.parse(source, name)
            compile(tree, name, "exec", dont_inherit=True)
        except SyntaxError as error:
            code = (error.text or _line(source, error.lineno)).rstrip("\n")
            return Finding("syntax", name, error.lineno, code, message=error.msg)
        except (ValueError, RecursionError, MemoryError) as error:
            message = "it is nested too deep" if not isinstance(error, ValueError) else str(error)
            return Finding("syntax", name, None, "", message=message)
        for line, call, rule in forbidden_calls(tree, forbidden):
            return Finding("forbidden", name, line, _line(source, line).strip(), "", call, rule)
    return None


def _line(source: str, number: int | None) -> str:
    lines = source.splitlines()
    return lines[number - 1] if number and number <= len(lines) else ""


def forbidden_calls(tree: ast.Module, forbidden: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Line, spelling and name of each forbidden name that comes from torch or from a tensor.

    A name is matched by its last part, without underscores around it, however it was imported. A
    learner's own functions and methods may have any name: `softmax(x)`, `self.softmax(x)`.
    """
    own = OWN | _own_names(tree)
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] == "torch":
                for alias in names:
                    if alias.name.strip("_") in forbidden:
                        yield node.lineno, f"{module}.{alias.name}", alias.name.strip("_")
            case ast.Attribute(attr=name, value=value) if name.strip("_") in forbidden:
                if not (isinstance(value, ast.Name) and value.id in own) and not _is_super(value):
                    yield node.lineno, ast.unparse(node), name.strip("_")
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
                if name.strip("_") in forbidden:
                    yield node.lineno, ast.unparse(node), name.strip("_")


def _is_super(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "super"
    )


def _own_names(tree: ast.Module) -> set[str]:
    """Classes that the file defines, and modules that it imports from anywhere but torch."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] != "torch":
                    names.add(alias.asname or alias.name.split(".")[0])
    return names
