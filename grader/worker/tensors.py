"""The tensors of a frame, in the safetensors format: what may cross, and in which bounds."""

import json

import torch
from safetensors.torch import load as load_tensors
from torch import Tensor

from grader.errors import ProtocolError

MAX_TENSORS = 64 * 1024 * 1024  # bytes of numbers
MAX_HEADER = 1024 * 1024  # what safetensors says of shapes and types, before the numbers
MAX_COUNT = 4096  # of tensors in one frame; they fit into that header
MAX_PAYLOAD = 8 + MAX_HEADER + MAX_TENSORS
MAX_DIMS = 64  # torch crashes on far more of them
SAFETENSORS_NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in SAFETENSORS_NAMES}


def write_tensors(tensors: dict[str, Tensor]) -> bytes:
    """Tensors in the safetensors format: length of the header, header, numbers.

    The library's own writer looks for shared memory and takes ten times as long; what is read comes
    from the other side and goes through the library, which checks it.
    """
    header, numbers, end = {}, [], 0
    for name, tensor in tensors.items():
        # numpy has no bfloat16. Of the same size, its bits can be viewed whatever the strides are.
        bits = tensor.detach().view(torch.int16) if tensor.dtype is torch.bfloat16 else tensor
        data = bits.numpy(force=True).tobytes()
        start, end = end, end + len(data)
        header[name] = {
            "dtype": SAFETENSORS_NAMES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        numbers.append(data)
    text = json.dumps(header).encode()
    return b"".join([len(text).to_bytes(8, "little"), text, *numbers])


def read_tensors(payload: bytes) -> dict[str, Tensor]:
    """The tensors of a frame; raises for those that only somebody up to no good would send."""
    if int.from_bytes(payload[:8], "little") > MAX_HEADER:
        raise ProtocolError("too many tensors")
    tensors = load_tensors(payload)
    if len(tensors) > MAX_COUNT:
        raise ProtocolError("too many tensors")
    for tensor in tensors.values():
        if tensor.dim() > MAX_DIMS or tensor.dtype not in SAFETENSORS_NAMES:
            raise ProtocolError("not a tensor that is sent")
    return tensors
