"""How long each place of the app takes to answer a key, in a pseudo-terminal of 80×24.

    python tests/tui/key_times.py [ROUNDS]

A key is answered when the last byte that it makes the app write is there; after a while of silence
nothing more is expected. The figures are printed and not asserted. In the table a place has a row,
with the milliseconds of the first visit and of the median later one, each until the first bytes
(`frame`: the place is there, what it asks the disk for may follow) and until the last; then of the
median of keys that are pressed there: `?` and Escape for the help, and those that move.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pexpect
from terminal import COLUMNS, ROWS

from tui.app.places import PLACES, Place

LEARN = Path(sys.executable).with_name("learn")
SILENCE = 0.25
KEYS = {"help": "?", "close": "\x1b", "down": "j", "up": "k", "tab": "\t"}
READY = 1.5


def main(rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([LEARN, "init", "--quiet"], cwd=folder, check=True)
        app = pexpect.spawn(
            str(LEARN),
            cwd=folder,
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "CI": "1"},
            dimensions=(ROWS, COLUMNS),
        )
        app.delaybeforesend = None
        time.sleep(READY)
        answer(app, "")
        heads = ("frame", "first", "frame", "later", *KEYS)
        print(f"{'place':<10}" + "".join(f"{head:>7}" for head in heads))
        for place in PLACES:
            print(row(app, place, rounds), flush=True)
        app.close(force=True)


def row(app: "pexpect.spawn[bytes]", place: Place, rounds: int) -> str:
    first = visit(app, place)
    pressed: dict[str, list[float]] = {name: [] for name in KEYS}
    later = list(zip(*(visit(app, place) for _ in range(rounds)), strict=True))
    for _ in range(rounds if place.name != "search" else 0):  # there, letters are text
        for name, key in KEYS.items():
            pressed[name].append(answer(app, key)[1])
    cells = [*first, *map(statistics.median, later)]
    cells += [statistics.median(times) if times else float("nan") for times in pressed.values()]
    return f"{place.name:<10}" + "".join(f"{cell:>7.0f}" for cell in cells)


def visit(app: "pexpect.spawn[bytes]", place: Place) -> tuple[float, float]:
    """From `g` and the letter; that `g` shows the places first is not counted."""
    answer(app, "\x1b")  # where there is text to type in, out of it
    answer(app, "g")
    return answer(app, place.key)


def answer(app: "pexpect.spawn[bytes]", key: str) -> tuple[float, float]:
    """Milliseconds from the key to the first and to the last byte that follow it."""
    started = last = time.perf_counter()
    first = 0.0
    app.send(key)
    while time.perf_counter() - last < SILENCE:
        try:
            app.read_nonblocking(65536, timeout=SILENCE)
        except pexpect.TIMEOUT:
            break
        last = time.perf_counter()
        first = first or last
    return (max(first, started) - started) * 1000, (last - started) * 1000


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
