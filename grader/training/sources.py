"""Our side of what runs in a training worker, as text.

Sent with the learner's files and never imported in the zygote: a worker that grades finds no layer
of ours in memory.
"""

from pathlib import Path

from grader.worker import training

PACKAGE = training.__name__
MAIN = f"{PACKAGE}.run.py"


def sources() -> dict[str, str]:
    """Each module's text, by the name under which a worker finds it."""
    [folder] = map(Path, training.__path__)
    names = {file: f"{PACKAGE}.{file.stem}.py" for file in sorted(folder.glob("*.py"))}
    names[folder / "__init__.py"] = f"{PACKAGE}.py"
    return {name: file.read_text("utf-8") for file, name in names.items()}
