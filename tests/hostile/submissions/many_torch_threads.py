"""Tries: let torch compute with a thousand threads.

Holds: there is a limit; the next submission has one thread again.
"""

import torch
from kit import wrong

torch.set_num_threads(1000)


def softmax(x, dim=-1):
    torch.ones(300, 300) @ torch.ones(300, 300)
    return wrong(x)
