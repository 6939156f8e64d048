"""Tries: send a descriptor over the channel, take one from it, and change the channel itself.

Holds: the kernel refuses messages that can carry any, and each change.
"""
# machine: x86_64

import ctypes

from kit import attempt, channel, syscall
from kit import wrong as softmax

link = channel()
text = ctypes.create_string_buffer(b"x", 64)
piece = (ctypes.c_size_t * 2)(ctypes.addressof(text), 1)
rights = (ctypes.c_int * 6)(20, 0, 1, 1, link, 0)  # one descriptor, as SCM_RIGHTS
message = (ctypes.c_size_t * 7)(0, 0, ctypes.addressof(piece), 1, ctypes.addressof(rights), 24, 0)
number = ctypes.c_int(1 << 30)
attempt("send one", lambda: syscall(46, link, message, 0))
attempt("take one", lambda: syscall(47, link, message, 0x40))
attempt("send many", lambda: syscall(307, link, message, 1, 0))
attempt("take many", lambda: syscall(299, link, message, 1, 0x40, 0))
attempt("who is there", lambda: syscall(55, link, 1, 17, text, ctypes.byref(ctypes.c_int(12))))
attempt("make room", lambda: syscall(54, link, 1, 7, ctypes.byref(number), 4))
attempt("its name", lambda: syscall(51, link, text, ctypes.byref(ctypes.c_int(64))))
attempt("another name", lambda: syscall(49, link, text, 3))
attempt("listen", lambda: syscall(50, link, 1))
attempt("take it from ourselves", lambda: syscall(438, syscall(434, 1, 0), link, 0))
