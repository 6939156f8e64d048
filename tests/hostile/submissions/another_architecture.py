"""Tries: fork through the 32-bit door of the kernel (`int 0x80`), where calls have other numbers.

Holds: the process ends at once.
"""
# machine: x86_64
# says: ended the Python process

import ctypes
import mmap

from kit import wrong as softmax

FORK_IN_32_BITS = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"  # mov eax, 2; int 0x80; ret
code = mmap.mmap(
    -1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
)
code.write(FORK_IN_32_BITS)
address = ctypes.addressof(ctypes.c_char.from_buffer(code))
ctypes.CFUNCTYPE(ctypes.c_int)(address)()
