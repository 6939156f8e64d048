"""Tries: fork through the x32 numbers of the kernel, which a filter may have forgotten.

Holds: the call is refused or the process ends.
"""
# machine: x86_64
# says: ended the Python process

from kit import syscall
from kit import wrong as softmax

syscall(0x40000000 + 57)
