# %% right | einsum | mixed first
import torch


def linformer_attention(q, k, v, e, f):
    keys = torch.einsum("rs,...sd->...rd", e, k)
    values = torch.einsum("rs,...sd->...rd", f, v)
    scores = torch.einsum("...td,...rd->...tr", q, keys) / q.size(-1) ** 0.5
    return scores.softmax(-1) @ values

# %% wrong | mixes scores | right numbers, by way of T × S scores
import torch


def linformer_attention(q, k, v, e, f):
    scores = q @ k.mT / q.size(-1) ** 0.5
    return (scores @ e.T).softmax(-1) @ (f @ v)

# %% wrong | cheats: in a thread | the table of scores is made by another thread
import threading

import torch


def linformer_attention(q, k, v, e, f):
    made = []

    def work():
        made.append((q @ k.mT / q.size(-1) ** 0.5) @ e.T)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return made[0].softmax(-1) @ (f @ v)
