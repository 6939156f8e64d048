"""Tries: leave a file anywhere.

Holds: none is made.
"""

import logging
import os
import shelve
import tempfile
from pathlib import Path

import numpy
import torch
from kit import attempt
from kit import wrong as softmax

NAME = "hostile-was-here"
library = Path(torch.__file__).parent

for folder in ("/tmp", "/var/tmp", "/dev/shm", ".", "/root", "/run", "/etc", str(library)):
    attempt(f"write in {folder}", lambda folder=folder: Path(folder, NAME).write_text("x"))
    attempt(f"make a folder in {folder}", lambda folder=folder: os.mkdir(f"{folder}/{NAME}-folder"))
attempt("make a temporary file", lambda: tempfile.NamedTemporaryFile(prefix=NAME))
attempt("make a nameless file", lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR))
attempt("make a pipe", lambda: os.mkfifo(f"/tmp/{NAME}-pipe"))
attempt("make a device", lambda: os.mknod(f"/tmp/{NAME}-device"))
attempt("log to a file", lambda: logging.FileHandler(f"/tmp/{NAME}-log"))
attempt("keep a database", lambda: __import__("sqlite3").connect(f"/tmp/{NAME}.db"))
attempt("keep a shelf", lambda: shelve.open(f"/tmp/{NAME}-shelf"))
attempt("save a tensor", lambda: torch.save(torch.ones(1), f"/tmp/{NAME}.pt"))
attempt("save an array", lambda: numpy.save(f"/tmp/{NAME}.npy", numpy.ones(1)))
attempt("map a file", lambda: numpy.memmap(f"/dev/shm/{NAME}", mode="w+", shape=(1,)))
attempt("change a file of Python's", lambda: open(os.__file__, "a"))
attempt("cut a file of torch's", lambda: os.truncate(library / "version.py", 0))
attempt("change a file's rights", lambda: os.chmod(library / "version.py", 0o777))
attempt("change a file's time", lambda: os.utime(library / "version.py"))
attempt("delete a file", lambda: os.unlink(library / "version.py"))
