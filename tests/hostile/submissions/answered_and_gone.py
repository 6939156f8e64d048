"""Tries: answer by itself, and end before anybody can look at what it used.

Holds: the answer counts as any other, and is wrong; nothing of the process is left.
"""

import os

from kit import answer, diary, frame, put, tensors


def softmax(x, dim=-1):
    data = x.detach().float().exp().numpy().tobytes()
    entry = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [0, len(data)]}
    put(frame(answer({"tensor": "0", "device": "cpu"}), tensors({"0": entry}, data)))
    os._exit(0)
