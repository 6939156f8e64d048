"""Tries: read the solution with whatever else of the libraries can open a file.

Holds: none of them gets it.
"""

import ctypes
import runpy
import sqlite3
import sys
import tokenize
import zipfile
from importlib import resources
from importlib.machinery import SourceFileLoader
from pathlib import Path

import numpy
import torch
from kit import attempt, search
from kit import wrong as softmax

grader = Path(sys.modules["grader"].__file__).parent
file = str(grader / "suites" / "ch01_attention" / "softmax" / "solution.py")
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
attempt("run it", lambda: runpy.run_path(file))
attempt("load it as a module", lambda: SourceFileLoader("found", file).load_module())
attempt("its tokens", lambda: tokenize.open(file))
attempt("a resource", lambda: resources.files("grader").joinpath("suites").joinpath("x").read_text())
attempt("an array", lambda: numpy.fromfile(file, numpy.uint8))
attempt("a text", lambda: numpy.genfromtxt(file, str))
attempt("mapped", lambda: numpy.memmap(file, mode="r"))
attempt("storage", lambda: torch.from_file(file, size=9, dtype=torch.uint8))
attempt("a pickle", lambda: torch.load(file, weights_only=False))
attempt("a program of torch", lambda: torch.jit.load(file))
attempt("an archive", lambda: zipfile.ZipFile(file))
attempt("a database", lambda: sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute("select 1 from x"))
search("opened in C", lambda: libc.fopen(file.encode(), b"r"))
attempt("a library", lambda: ctypes.CDLL(file))
