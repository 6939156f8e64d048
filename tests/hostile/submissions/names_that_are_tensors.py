"""Tries: say that what the file defines instead is a tensor of two million numbers.

Holds: a name is a short text, and nobody looks at what else it may be.
"""
# says: wrote into the channel

from kit import answer, frame, put, tensors
from kit import wrong as softmax

NUMBERS = 2**21
entry = {"dtype": "F32", "shape": [NUMBERS], "data_offsets": [0, 4 * NUMBERS]}
names = {"dict": [
    ["missing", ["softmax"]], ["found", {"dict": []}], ["defined", [{"tensor": "0", "device": "cpu"}]]]}
put(frame(answer(names), tensors({"0": entry}, bytes(4 * NUMBERS))))
