"""Tries: read the examiner's environment, arguments and folder.

Holds: the environment is empty but for the library's own settings, and the folder is the root.
"""

import ctypes
import os
import sys
from pathlib import Path

from kit import attempt, search
from kit import wrong as softmax

HARMLESS = {"LANG", "LC_CTYPE", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS",
            "TORCHINDUCTOR_CACHE_DIR", "CUDA_CACHE_DISABLE", "KMP_INIT_AT_FORK",
            "KMP_DUPLICATE_LIB_OK", "CUDA_MODULE_LOADING", "NVIDIA_TF32_OVERRIDE"}


def environment_in_memory():
    entries = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    found, number = [], 0
    while entries[number]:
        found.append(entries[number].decode())
        number += 1
    return [entry for entry in found if entry.partition("=")[0] not in HARMLESS]


search("find a variable", lambda: sorted(set(os.environ) - HARMLESS))
search("find one in C", environment_in_memory)
search("find a secret", lambda: [value for value in os.environ.values() if "secret" in value])
search("find a folder of somebody's", lambda: "" if os.getcwd() == "/" else os.getcwd())
attempt("list the folder", lambda: os.listdir("."))
search("find a suite in the arguments", lambda: [arg for arg in sys.argv if "suite" in arg])
attempt("read the home", lambda: list(Path("~").expanduser().iterdir()))
