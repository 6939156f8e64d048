"""Examiner and zygote come from one process: of what the one is given, the other has nothing."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import generations

from grader import Grader, Submission

SECRET = "what only the environment of the caller says"
MARK = "what only the submission says"
TRACED = "what a tracing tool keeps in every Python of the caller"
ASKED = f"""
import os, sys
# {MARK}
def softmax(x, dim=-1):
    try:
        import beside_the_course
    except ImportError as error:
        print("not there:", error)
    print("told:", dict(os.environ), sys.path)
    print("listed:", [vars(finder).get("_path_cache") for finder in sys.path_importer_cache.values()
                      if finder])
    return x
"""


def children() -> set[int]:
    return {pid for below in generations(os.getpid())[1:2] for pid in below}


def memory(pid: int) -> Iterator[bytes]:
    """All that a process holds and may write to."""
    maps = Path(f"/proc/{pid}/maps").read_text()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
        for first, last in re.findall(r"^(\w+)-(\w+) rw", maps, re.MULTILINE):
            with contextlib.suppress(OSError):  # a device's
                file.seek(int(first, 16))
                yield file.read(int(last, 16) - int(first, 16))


def holds(pid: int, text: str) -> bool:
    return any(text.encode() in part for part in memory(pid))


def open_there(pid: int, kind: str) -> set[str]:
    """The pipes or sockets of a process, beside its standard streams."""
    files = (each for each in Path(f"/proc/{pid}/fd").iterdir() if int(each.name) > 2)
    return {link for link in map(str, map(Path.readlink, files)) if link.startswith(kind)}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("linked", ["", "/where/the caller/links from"], ids=["", "linked"])
def test_a_zygote_has_nothing_that_came_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], linked: str
) -> None:
    if linked:
        monkeypatch.setenv("LD_LIBRARY_PATH", linked)
    place = tmp_path / "where the caller works"
    (place / "nvidia").mkdir(parents=True)  # a name that is free to be imported from
    (place / "nvidia" / "key.py").write_text("")
    (tmp_path / "beside_the_course.py").write_text("")
    (tmp_path / "sitecustomize.py").write_text(f"import builtins; builtins.kept = {TRACED!r}")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:../{place.name}:")
    monkeypatch.setenv("CALLERS_SECRET", SECRET)
    monkeypatch.chdir(place)
    others = children()
    with Grader() as grader:
        output = grader.grade(Submission("softmax", ASKED, seed=1)).tests[0].output
        assert "not there: No module named 'beside_the_course'" in output
        told = output.partition("told: ")[2]
        assert "OMP_NUM_THREADS" in told
        assert str(tmp_path) not in told and SECRET not in told
        assert "beside_the_course" not in told and "test_ancestor" not in told
        (examiner,) = children() - others
        ((zygote,), _) = generations(examiner)[1:]
        try:
            assert holds(examiner, SECRET) and holds(examiner, MARK)
        except PermissionError:
            pytest.skip("the memory of another process cannot be read here, even by root")
        for private in filter(None, (SECRET, MARK, TRACED, place.name, linked)):
            assert not holds(zygote, private)
        lifelines = open_there(examiner, "pipe:") & open_there(zygote, "pipe:")
        assert len(lifelines) == 1  # of the zygote: who started the examiner is held by another
        assert not open_there(examiner, "socket:") & open_there(zygote, "socket:")
    assert capfd.readouterr().err == ""
