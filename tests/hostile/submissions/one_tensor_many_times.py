"""Tries: send a tensor of a million numbers once, and name it a thousand times.

Holds: a tensor is named once.
"""
# says: wrote into the channel

from kit import answer, frame, seize, tensors
from kit import wrong as softmax

NUMBERS = 2**20
entry = {"dtype": "F32", "shape": [NUMBERS], "data_offsets": [0, 4 * NUMBERS]}
many = [{"tensor": "0", "device": "cpu"}] * 1000
seize(frame(answer({"tuple": many}), tensors({"0": entry}, bytes(4 * NUMBERS))))
