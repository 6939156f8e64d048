"""Print what pytest is to run for a change, an argument a line; `make test-fast` does.

What has changed is what git says against where this branch left origin/main (without it: against
the last commit), and files that are new. What that touches is read off the names, not proved:

    a test                      itself
    a helper or conftest        the tests of its folder and below
    a chapter                   what checks the content
    a stub or a hidden suite    what checks the exercises, and the audit, which knows what has not
                                changed
    a style                     the pictures
    a module                    the tests of its package that are named after it, test_planner.py;
                                where there are none, those that name it, `tui.planning.planner`, or
                                whose fixtures do; then those of its folder, test_commands.py; then
                                those of the modules that import it, and so on upwards; at last all
                                tests of its package. Who uses a package does not test it
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
WHOLE_GRADER = ("corpus", "hostile")  # folders of tests that mirror no package
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
        of_an_exercise = file.suffix == ".py" or "suites" in file.parts
        yield from (CONTENT[0], AUDIT) if of_an_exercise else CONTENT
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
    """The tests of a module, else those of the modules that import it, and so on upwards."""
    level, seen = {file}, {file}
    while level:
        if found := {test for module in level for test in of_module(module)}:
            return found
        level = {importer for module in level for importer in importers(module)} - seen
        level = {module for module in level if module.parts[0] == file.parts[0]}
        seen |= level
    return set()


def of_module(file: Path) -> list[str]:
    """The tests that are named after a module; else that name it; else those of its folder."""
    own = [test for test in TESTS if is_of(file.parts[0], test) and str(test) != AUDIT]
    imports = importing(file)
    users = [str(test) for test in own if imports.search(text(test))]
    fixtures = [test for test in CONFTESTS if is_of(file.parts[0], test)]
    users += [folder_of(each) for each in fixtures if imports.search(text(each))] * (not users)
    folder = [str(test) for test in own if is_named_after(test, file.parent.name)]
    return [str(test) for test in own if is_named_after_module(test, file)] or users or folder


def is_of(package: str, test: Path) -> bool:
    return test.parts[1] == package or (package == "grader" and test.parts[1] in WHOLE_GRADER)


def is_named_after(test: Path, name: str) -> bool:
    return f"_{name}." in f"_{test.name}"


def is_named_after_module(test: Path, file: Path) -> bool:
    """Where several modules have the name: the one that it speaks of, or the outermost."""
    if not is_named_after(test, file.stem) or importing(file).search(text(test)):
        return is_named_after(test, file.stem)
    others = [
        module
        for module in MODULES
        if module.stem == file.stem and module.parts[0] == file.parts[0] and module != file
    ]
    return not any(
        len(other.parts) < len(file.parts) or importing(other).search(text(test))
        for other in others
    )


def importers(file: Path) -> list[Path]:
    imports = importing(file)
    return [module for module in MODULES if module != file and imports.search(text(module))]


def importing(file: Path) -> re.Pattern[str]:
    """What the text of a file has that imports this module."""
    *folders, name = map(re.escape, file.with_suffix("").parts)
    home = r"\.".join(folders)
    if name == "__init__":
        return re.compile(rf"^(from {home} import|import {home}$)", re.MULTILINE)
    return re.compile(rf"\b{home}\.{name}\b|^from {home} import .*\b{name}\b", re.MULTILINE)


@cache
def text(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
