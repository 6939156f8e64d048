"""Tries: patch the protocol's own modules so that every reply holds what was expected.

Holds: the worker does not know what is expected; a wrong tensor stays wrong whoever packs it.
"""

import json
import struct
import sys

import safetensors.torch
import torch
from kit import attempt, wrong

protocol = sys.modules["grader.isolation.protocol"]
worker = sys.modules["grader.isolation.worker"]


def passing(*args, **kwargs):
    return '{"value": true, "passed": true, "outcome": "passed", "points": 100, "output": ""}'


json.dumps = passing
protocol.MAX_TENSORS = protocol.MAX_DOCUMENT = 1 << 60
protocol.Encoder.encode = lambda self, value, path="": {"expected": True}
worker.asdict = lambda value: {"outcome": "passed"}
safetensors.torch.save = protocol.save_tensors = lambda tensors: b""
attempt("find an answer in the protocol", lambda: protocol.expected)
attempt("find a suite in the worker", lambda: worker.suite)


def softmax(x, dim=-1):
    return wrong(x) * torch.ones(1)
