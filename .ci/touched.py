"""Print what pytest is to run for a change, an argument a line; `make test-fast` does.

What has changed is what git says against where this branch left origin/main (without it: against
the last commit), and files that are new. What that touches is read off the names, not proved:

    a test                      itself
    a helper or conftest        the tests of its folder and below
    a chapter                   what checks the content
    a stub or a hidden suite    that, and the audit, which knows what has not changed
    a style                     the pictures
    a module                    the tests that name it: `tui.planner`, or test_planner.py, or whose
                                fixtures do; where none does, those of its folder, test_commands.py;
                                where there are none, those of the modules that import it, and so on
                                upwards; at last all tests of its package
    dependencies or settings    all tests

It is for the minute between two thoughts. `make test` decides.
"""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
CONFTESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("conftest.py"))
MODULES = [
    path.relative_to(ROOT)
    for package in ("exercises", "grader", "quizzes", "reference", "tui")
    for path in sorted((ROOT / package).rglob("*.py"))
    if not re.search(r"/ch\d\d", path.as_posix())
]
AUDIT = "tests/grader/test_suites.py"
CONTENT = ("tests/exercises", "tests/quizzes")
PICTURES = ("tests/tui/test_screenshots.py", "tests/tui/pages/test_pictures.py")
SETTINGS = ("pyproject.toml", ".ci/constraints.txt", "Makefile")


def main() -> None:
    for argument in arguments({test for file in changed() for test in touched(file)}):
        print(argument)


def arguments(found: set[str]) -> list[str]:
    """For pytest: no test twice, and the audit, which takes longest, only for the content."""
    tests = [test for test in sorted(found) if found.isdisjoint(map(str, Path(test).parents))]
    return tests + [f"--ignore={AUDIT}"] * bool(tests and AUDIT not in found)


def changed() -> list[Path]:
    fork = git("merge-base", "origin/main", "HEAD") or ["HEAD"]
    names = git("diff", "--name-only", *fork) + git("ls-files", "--others", "--exclude-standard")
    return [Path(name) for name in names]


def git(*arguments: str) -> list[str]:
    """The lines that git answers; none where it refuses."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()


def touched(file: Path) -> Iterator[str]:
    package = file.parts[0]
    if str(file) in SETTINGS:
        yield "tests"
    elif package == "tests":
        is_test = file in TESTS or not (ROOT / file).exists()
        yield from [str(file)] * (file in TESTS) if is_test else of_helper(file)
    elif re.search(r"/ch\d\d", file.as_posix()):
        yield from CONTENT
        if file.suffix == ".py" or "suites" in file.parts:
            yield AUDIT
    elif file.suffix == ".tcss":
        yield from PICTURES
    elif (ROOT / "tests" / package).is_dir():
        yield from nearest(file) or [f"tests/{package}"]


def of_helper(helper: Path) -> list[str]:
    """The tests of its folder; of a folder that has none, those that speak of it."""
    top = helper.parts[1]
    if len(helper.parts) == 2 or any(test.parts[1] == top for test in TESTS):
        return [folder_of(helper)]
    return [str(test) for test in TESTS if re.search(rf"\b{top}\b", text(test))]


def folder_of(helper: Path) -> str:
    """The folder of a helper; what lies in a folder without tests belongs to the one above."""
    folder = helper.parent
    while not any(test.parent == folder for test in TESTS):
        folder = folder.parent
    return str(folder)


def nearest(file: Path) -> set[str]:
    """The tests of a module, else those of the modules that import it, and so on upwards.

    Of the others only those in the module's own package: whoever uses the package tests himself.
    """
    level, seen, own = {file}, {file}, f"tests/{file.parts[0]}/"
    while level:
        found = {test for module in level for test in naming(module) or of_folder(module)}
        if level != {file}:
            found = {test for test in found if test.startswith(own)}
        if found:
            return found
        level = {importer for module in level for importer in importers(module)} - seen
        seen |= level
    return set()


def naming(file: Path) -> list[str]:
    """The tests that name a module, or are named after it. The audit names what it audits."""
    imports, name, own = importing(file), file.stem, file.parts[0]
    return [
        str(test)
        for test in TESTS
        if (test.parts[1] == own and f"_{name}." in f"_{test.name}")
        or (str(test) != AUDIT and imports.search(text(test)))
    ] + [
        folder_of(fixtures)
        for fixtures in CONFTESTS
        if fixtures.parts[1] == own and imports.search(text(fixtures))
    ]


def of_folder(file: Path) -> list[str]:
    """The tests that are named after a module's folder."""
    folder = file.parent.name
    tests = [test for test in TESTS if test.parts[1] == file.parts[0]]
    return [str(test) for test in tests if f"_{folder}." in f"_{test.name}"]


def importers(file: Path) -> list[Path]:
    imports = importing(file)
    return [module for module in MODULES if module != file and imports.search(text(module))]


def importing(file: Path) -> re.Pattern[str]:
    """What the text of a file has that imports this module."""
    home, name = ".".join(file.parts[:-1]), re.escape(file.stem)
    return re.compile(
        rf"\b{re.escape(home)}\.{name}\b|^from {re.escape(home)} import .*\b{name}\b", re.MULTILINE
    )


@cache
def text(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
