"""Print the tests that a change touches, a path a line; `make test-fast` runs those.

What has changed is what git says against where this branch left origin/main (without it: against
the last commit), and files that are new. What that touches is read off the names, not proved:

    a test                      itself
    a helper or conftest        the tests of its folder and below
    a chapter or its suite      what checks the content
    a module                    the tests that name it: `tui.planner`, or test_planner.py;
                                where none does, all tests of its package
    dependencies or settings    all tests

It is for the minute between two thoughts. `make test` decides.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
CONTENT = ("tests/exercises", "tests/quizzes", "tests/grader/test_suites.py")
SETTINGS = ("pyproject.toml", ".ci/constraints.txt", "Makefile")


def main() -> None:
    found = {test for file in changed() for test in touched(file)}
    for test in sorted(found):
        if not any(Path(folder) in Path(test).parents for folder in found):
            print(test)


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
        yield from [str(file)] * (file in TESTS) if is_test else [folder_of(file)]
    elif re.search(r"/ch\d\d", file.as_posix()):
        yield from CONTENT
    elif (ROOT / "tests" / package).is_dir():
        yield from naming(file) or [f"tests/{package}"]


def folder_of(helper: Path) -> str:
    """The folder of a helper; what lies in a folder without tests belongs to the one above."""
    folder = helper.parent
    while not any(test.parent == folder for test in TESTS) and folder != Path("tests"):
        folder = folder.parent
    return str(folder)


def naming(file: Path) -> list[str]:
    """The tests that name a module, or are named after it."""
    module = file.with_suffix("")
    home, name = ".".join(module.parts[:-1]), re.escape(module.name)
    imports = re.compile(
        rf"\b{re.escape(home)}\.{name}\b|^from {re.escape(home)} import .*\b{name}\b", re.MULTILINE
    )
    return [
        str(test)
        for test in TESTS
        if (test.parts[1] == file.parts[0] and f"_{module.name}." in f"_{test.name}")
        or imports.search((ROOT / test).read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    main()
