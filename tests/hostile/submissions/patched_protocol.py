"""Tries: patch the protocol's own modules so that every reply holds what was expected.

Holds: the worker does not know what is expected; a wrong tensor stays wrong whoever packs it.
"""
# says: the truth value True

import json
import sys

import safetensors.torch
import torch
from kit import wrong

protocol = sys.modules["grader.worker.protocol"]
worker = sys.modules["grader.worker.worker"]


def passing(*args, **kwargs):
    return '{"value": true, "output": "", "written": []}'


def softmax(x, dim=-1):
    json.dumps = passing
    protocol.MAX_TENSORS = protocol.MAX_DOCUMENT = 1 << 60
    protocol.Encoder.encode = lambda self, value, path="": {"expected": True}
    worker.asdict = lambda value: {"outcome": "passed"}
    safetensors.torch.save = protocol.write_tensors = lambda tensors: b""
    return wrong(x) * torch.ones(1)
