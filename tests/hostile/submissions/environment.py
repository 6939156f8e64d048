"""Tries: read the examiner's environment, arguments and folder.

Holds: it finds the libraries' own settings, and what is the same for everybody; no folder but the root.
"""

import ctypes
import os
import sys
from pathlib import Path

from kit import attempt, search
from kit import wrong as softmax

HARMLESS = {"LANG", "LC_CTYPE", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
            "MALLOC_MMAP_THRESHOLD_", "TORCHINDUCTOR_CACHE_DIR", "CUDA_CACHE_DISABLE", "KMP_INIT_AT_FORK",
            "KMP_DUPLICATE_LIB_OK", "CUDA_MODULE_LOADING", "NVIDIA_TF32_OVERRIDE"}
COMMON = {"HOME=/", f"PATH={os.defpath}", "USER=learner", "MPLBACKEND=agg", "MPLCONFIGDIR=/tmp"}


def environment_in_memory():
    entries = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found, number = [], 0
    while entries[number]:
        found.append(entries[number].decode())
        number += 1
    return unexpected(found)


def unexpected(entries):
    return [entry for entry in entries if entry.partition("=")[0] not in HARMLESS and entry not in COMMON]


search("find a variable", lambda: unexpected("=".join(pair) for pair in os.environ.items()))
search("find one in C", environment_in_memory)
search("find a secret", lambda: [value for value in os.environ.values() if "secret" in value])
search("find a folder of somebody's", lambda: "" if os.getcwd() == "/" else os.getcwd())
attempt("list the folder", lambda: os.listdir("."))
search("find a suite in the arguments", lambda: [arg for arg in sys.argv if "suite" in arg])
attempt("read the home", lambda: list(Path("~").expanduser().iterdir()))
