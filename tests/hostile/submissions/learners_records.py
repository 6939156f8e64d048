"""Tries: read what a learner's workspace and a class's folder hold: progress, runs, sockets.

Holds: none of it can be read, and the warm grader cannot be asked.
"""

import os
import socket
import sqlite3
from pathlib import Path

from kit import attempt, search
from kit import wrong as softmax

homes = [Path(os.path.expanduser("~")), Path("/root"), Path("/home"), Path.cwd(), Path("/work")]
for home in homes:
    for name in ("learn.db", "runs/reverse/run.json", "backups", "grader.sock"):
        attempt(f"{home}/{name}", lambda file=home / ".learn" / name: open(file, "rb"))
attempt("progress", lambda: sqlite3.connect(f"file:{homes[0]}/.learn/learn.db?mode=ro", uri=True).execute("select 1"))
attempt("a socket", lambda: socket.socket(socket.AF_UNIX).connect(str(homes[0] / ".learn/grader.sock")))
search("keys", lambda: [home for home in homes for file in ("id_ed25519", "signing.key") if os.access(home / file, os.R_OK)])
