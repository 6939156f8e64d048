"""The installed `learn`, what it is run with, and two answers to `softmax`."""

import os
import sys
from pathlib import Path

LEARN = Path(sys.executable).with_name("learn")

SOFTMAX = """\
import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    e = torch.exp(x - x.max(dim, keepdim=True).values)
    return e / e.sum(dim, keepdim=True)
"""
# exp of the scores as they are
OVERFLOWING = SOFTMAX.replace("x - x.max(dim, keepdim=True).values", "x")


def clean_environment(**extra: str) -> dict[str, str]:
    """Only what a process needs, so that the tester's own settings do not matter."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    path = f"{LEARN.parent}{os.pathsep}{kept.get('PATH', '')}"
    # CI: no grader stays behind; tests/tui/test_warm_grader.py has its own
    return kept | {"PATH": path, "LANG": "C.UTF-8", "CI": "1"} | extra
