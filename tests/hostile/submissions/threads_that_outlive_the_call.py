"""Tries: go on computing after the call has returned, and change what was returned.

Holds: what was sent is sent; the threads end with the process.
"""

import threading
import time

import torch
from kit import wrong

returned = []


def change():
    while True:
        for x, result in list(returned):
            with torch.no_grad():
                result.copy_(torch.softmax(x, -1))
        time.sleep(0.001)


for _ in range(4):
    threading.Thread(target=change, daemon=True).start()
threading.Thread(target=change).start()


def softmax(x, dim=-1):
    result = wrong(x)
    returned.append((x, result))
    return result
