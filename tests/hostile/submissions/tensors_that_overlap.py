"""Tries: a tensor payload whose parts overlap, lie outside, or are none.

Holds: it is refused.
"""
# says: wrote into the channel

import kit
from kit import frame, put, request, tensors
from kit import wrong as softmax

ONE = {"dtype": "F32", "shape": [1]}
payloads = [
    tensors({"0": {**ONE, "data_offsets": [0, 4]}, "1": {**ONE, "data_offsets": [0, 4]}}, b"\0" * 4),
    tensors({"0": {**ONE, "data_offsets": [0, 1 << 40]}}, b"\0" * 4),
    tensors({"0": {**ONE, "data_offsets": [4, 0]}}, b"\0" * 4),
    tensors({"0": {**ONE, "shape": [1 << 62, 1 << 62], "data_offsets": [0, 4]}}, b"\0" * 4),
    tensors({"0": {**ONE, "shape": [-1], "data_offsets": [0, 4]}}, b"\0" * 4),
    tensors(b"\xff" * 40, b""),
    b"\xff" * 9,
]
put(frame(kit.answer(kit.NOTHING_MISSING)))
asked = 0
while True:
    request()
    value = kit.answer({"tensor": "0", "device": "cpu"})
    put(frame(value, payloads[asked % len(payloads)]))
    asked += 1
