"""Tries: tensors of types that half of torch cannot compute with.

Holds: only the types that the worker sends are read.
"""
# says: wrote into the channel

import kit
from kit import frame, one_tensor, put, request
from kit import wrong as softmax

TYPES = ["F8_E4M3", "F8_E5M2", "C64", "U64", "U16", "F4", "E8M0", "nonsense"]
put(frame(kit.answer(kit.NOTHING_MISSING)))
asked = 0
while True:
    request()
    put(one_tensor([1], TYPES[asked % len(TYPES)], b"\0" * 8))
    asked += 1
