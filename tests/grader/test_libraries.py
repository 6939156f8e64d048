"""Which libraries a learner's code may import: public ones, and nothing that may hold an answer."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.lockdown import probe, syscalls
from grader.lockdown.libraries import Libraries, installed_libraries
from grader.lockdown.lockdown import apply, prepare
from grader.lockdown.readable_paths import readable_roots

Install = Callable[..., None]
FROM_A_FOLDER = '{"url": "file:///home/teacher/course", "dir_info": {}}'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of libraries that Python looks into after its own."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


@pytest.fixture
def install(folder: Path) -> Install:
    """`install(name, files, **info)`: as pip does it, with a record of what it has written."""

    def write(name: str, files: Mapping[str, str], **info: str) -> None:
        about = f"{name.replace('-', '_')}-1.0.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        everything = {
            **files,
            f"{about}/METADATA": metadata,
            **{f"{about}/{file.replace('_json', '.json')}": text for file, text in info.items()},
        }
        record = "".join(f"{path},sha256=x,1\n" for path in everything)
        for path, text in {**everything, f"{about}/RECORD": record}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)

    return write


def found() -> Libraries:
    return installed_libraries.__wrapped__()


def test_what_came_from_an_index_can_be_imported(install: Install, folder: Path) -> None:
    install("public", {"public/__init__.py": "", "public/part.py": "", "public.libs/x.so": ""})
    install("one-module", {"one_module.py": "x = 1", "../../bin/one": ""})
    install("shared-name", {"shared/one/__init__.py": ""})
    libraries = found()
    assert {"public", "one_module", "shared", "torch"} <= set(libraries.modules)
    assert folder / "public.libs" in libraries.folders
    assert libraries.metadata["one_module"] == folder / "one_module-1.0.dist-info"
    assert not {"..", "bin", "__pycache__"} & set(libraries.modules)


SECRET: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "from a folder": ("mine", {"mine/__init__.py": ""}, {"direct_url_json": FROM_A_FOLDER}),
    "a course": ("mine", {"mine/ch11/chapter.yaml": "", "mine/__init__.py": ""}, {}),
    "suites": ("mine", {"mine/ch11/attend/misconceptions.yaml": ""}, {}),
    "a second module": (
        "other",
        {"mine.py": "", "steps/chapter.yaml": ""},
        {},
    ),
    "ours": ("learn-transformer", {"reference/__init__.py": "", "grader/__init__.py": ""}, {}),
}


@pytest.mark.parametrize("name", SECRET)
def test_what_may_be_secret_cannot(name: str, install: Install, folder: Path) -> None:
    library, files, info = SECRET[name]
    install(library, files, **info)
    install("namesake", {path: "" for path in files if path.endswith("__init__.py")})
    libraries = found()
    names = {Path(path).parts[0].removesuffix(".py") for path in files}
    assert not names & set(libraries.modules)
    kept_back = {folder / name for name in names}
    paths = [*libraries.folders, *(Path(spec.origin or "/") for spec in libraries.modules.values())]
    assert not [path for path in paths if kept_back & {path, *path.parents}]


def test_what_no_record_names_cannot(folder: Path) -> None:
    (folder / "dropped").mkdir()
    (folder / "dropped" / "__init__.py").write_text("")
    (folder / "half-1.0.dist-info").mkdir()
    (folder / "half.py").write_text("")
    assert not {"dropped", "half"} & set(found().modules)


def test_conda_builds_everything_from_a_folder(install: Install) -> None:
    install("built", {"built.py": ""}, direct_url_json=FROM_A_FOLDER, INSTALLER="conda\n")
    assert "built" in found().modules


ATTEMPTS = {
    "public": "import public.part",
    "its version": "import importlib.metadata as m; assert m.version('Public') == '1.0'",
    "a course": "import secret",
    "its file": "import pathlib; pathlib.Path({folder!r}, 'secret/__init__.py').read_text()",
    "its record": "open({folder!r} + '/secret-1.0.dist-info/METADATA')",
    "its version too": "import importlib.metadata as m; m.version('secret')",
    "the folder": "import os; os.listdir({folder!r})",
    "a new library": "import later",
}  # fmt: skip


@pytest.mark.skipif(not syscalls.LINUX, reason="the lock-down's layers are Linux's")
def test_a_locked_worker_imports_the_one_and_not_the_other(
    install: Install, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when something has been installed since: the public ones are then still found."""
    install("public", {"public/__init__.py": "", "public/part.py": ""})
    install("secret", {"secret/__init__.py": "ANSWER = 42", "secret/chapter.yaml": ""})

    monkeypatch.setattr("grader.lockdown.lockdown.installed_libraries", lambda: libraries)
    monkeypatch.setattr("grader.lockdown.readable_paths.installed_libraries", lambda: libraries)
    libraries = found()
    install("later", {"later.py": ""})

    def zygote(_: int) -> object:
        plan = prepare(readable_roots())
        if plan.ruleset is None:
            return None

        def locked(report: int) -> dict[str, Any]:
            apply(plan, probe.LIMITS, [report])
            return {name: outcome(code) for name, code in ATTEMPTS.items()}

        def outcome(code: str) -> str:
            try:
                exec(code.format(folder=str(folder)), {})
            except Exception as error:
                # With namespaces, what may not be read is not even there.
                return type(error).__name__.replace("FileNotFound", "Permission")
            return "done"

        return json.loads(probe.in_fork(locked)[0])

    outcomes = json.loads(probe.in_fork(zygote)[0])
    if outcomes is None:
        pytest.skip("no Landlock here")
    assert outcomes == {
        "public": "done",
        "its version": "done",
        "a course": "ModuleNotFoundError",
        "its file": "PermissionError",
        "its record": "PermissionError",
        "its version too": "PackageNotFoundError",
        "the folder": "PermissionError",
        "a new library": "ModuleNotFoundError",
    }
