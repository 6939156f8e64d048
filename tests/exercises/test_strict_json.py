"""What people and their programs are given as JSON can be read by every reader of JSON."""

import ast
import json
import math
from collections.abc import Iterator
from pathlib import Path

from exercises import strict_json

ROOT = Path(__file__).parents[2]
# Rooms whose JSON goes out. What only we read back may hold what Python writes for infinity.
OUTWARD = (
    "grader/commands",
    "grader/formats",
    "grader/dispute.py",
    "grader/server/verdicts.py",
    "grader/server/web/*_pages.py",
    "quizzes/cards/backup.py",
    "tui/commands",
    "tui/output.py",
)
COOKIES = "grader/server/web/login_pages.py"  # read back by the page that wrote them


def test_what_is_not_finite_is_null_at_any_depth() -> None:
    told = {"a": [math.inf, (1.5, math.nan)], "b": -math.inf, "c": 3}
    assert json.loads(strict_json.dumps(told)) == {"a": [None, [1.5, None]], "b": None, "c": 3}


def test_all_that_goes_out_is_strict() -> None:
    loose = [
        f"{file.relative_to(ROOT)}:{call.lineno}"
        for file in files()
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("json.dumps", "json.dump")
    ]
    assert loose == [], "strict_json.dumps writes them"


def files() -> Iterator[Path]:
    for room in OUTWARD:
        found = [
            file
            for place in ROOT.glob(room)
            for file in (place.rglob("*.py") if place.is_dir() else [place])
        ]
        assert found, f"there is no {room}"
        yield from (file for file in found if file != ROOT / COOKIES)
