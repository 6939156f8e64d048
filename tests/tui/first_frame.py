"""The time from starting `learn` to its first complete frame, in a pseudo-terminal of 80×24.

    python tests/tui/first_frame.py [RUNS]

A frame is complete when every row has been painted, and the places, the next step with its reason,
what the day holds, the first chapter and the keys have all been written. The figures are printed
and not asserted: they are the machine's, and other work may be running on it. The processor's time
tells less of that.
"""

import fcntl
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from exercises.catalog import load_catalog

LEARN = Path(sys.executable).with_name("learn")
ROWS, COLUMNS = 24, 80
PATIENCE = 20.0
ESCAPE = re.compile(r"\x1b\[[0-?]*[a-zA-Z]")
PAINTED = re.compile(r"\x1b\[(\d+);1H")


def first_frame(folder: Path, parts: list[str]) -> tuple[float, float]:
    """Milliseconds from the fork until all is written: of the clock, and of the processor."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        os.environ.pop("NO_COLOR", None)
        os.execv(LEARN, [str(LEARN)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    try:
        written = b""
        while not is_complete(written.decode(errors="replace"), parts):
            if not select.select([terminal], [], [], PATIENCE)[0]:
                raise SystemExit(f"No complete frame within {PATIENCE:g} s:\n{written!r}")
            written += os.read(terminal, 65536)
        return (time.perf_counter() - started) * 1000, processor_time(pid)
    finally:
        os.write(terminal, b"\x11")  # Ctrl-Q
        _drain(terminal)
        os.waitpid(pid, 0)


def processor_time(pid: int) -> float:
    """Milliseconds that a process has used; nan where that is not to be had."""
    try:
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    except OSError:
        return float("nan")
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") * 1000


def is_complete(written: str, parts: list[str]) -> bool:
    rows = {int(row) for row in PAINTED.findall(written)}
    text = ESCAPE.sub("", written)
    return len(rows) == ROWS and all(part in text for part in parts)


def _drain(terminal: int) -> None:
    """A program that cannot write cannot end."""
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass


def main(runs: int = 9) -> None:
    title = load_catalog().chapters[0].title
    parts = ["Settings", "Next:", "Then you build it", "Then, today:", title, "Quit"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([LEARN, "init", "--quiet"], cwd=folder, check=True)
        first_frame(Path(folder), parts)  # compiles what is new
        frames = [first_frame(Path(folder), parts) for _ in range(runs)]
    times, work = (sorted(figures) for figures in zip(*frames, strict=True))
    print(
        f"First complete frame of `learn`: median {statistics.median(times):.0f} ms,"
        f" fastest {times[0]:.0f} ms, slowest {times[-1]:.0f} ms ({runs} runs);"
        f" processor {statistics.median(work):.0f} ms"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
