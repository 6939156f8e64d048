"""Shipped beside every hostile submission: the plain wrong answer, a diary, the wire's format."""

import ctypes
import json
import os
import stat
import struct

HEADER = struct.Struct("!III")
MAGIC = 0x6C61726E
NOTHING_MISSING = {"dict": [["missing", []], ["found", {"dict": []}], ["defined", []]]}
diary = []


def wrong(x, dim=-1):
    """The wrong answer that each of them gives. What they tried goes into the report with it."""
    print(*diary, sep="\n")
    return x.exp()


def attempt(what, action):
    """Do what must be refused."""
    try:
        found = action()
    except BaseException as error:
        diary.append(f"refused: {what}: {type(error).__name__}")
    else:
        diary.append(f"REACHED: {what}: {str(found)[:80]}")


def search(what, action):
    """Look for what must not be there."""
    found = None
    try:
        found = action()
    except BaseException as error:
        diary.append(f"refused: {what}: {type(error).__name__}")
    else:
        diary.append(f"REACHED: {what}: {str(found)[:80]}" if found else f"refused: {what}: none")


def syscall(number, *arguments):
    """A system call by its number, past all of Python."""
    libc = ctypes.CDLL(None, use_errno=True)
    longs = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = libc.syscall(ctypes.c_long(number), *longs)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def channel():
    """The descriptor through which results go."""
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return descriptor
        except OSError:
            continue
    raise LookupError("no channel")


def frame(document, payload=b"", magic=MAGIC):
    """One frame; `document` may be bytes that are no JSON."""
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return HEADER.pack(magic, len(text), len(payload)) + text + payload


def tensors(entries, data=b""):
    """A safetensors payload with a header of one's own."""
    header = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(header)) + header + data


def one_tensor(shape, dtype="F32", data=b"\0\0\0\0"):
    """A reply that holds a single tensor."""
    entry = {"dtype": dtype, "shape": shape, "data_offsets": [0, len(data)]}
    return frame(answer({"tensor": "0", "device": "cpu"}), tensors({"0": entry}, data))


def answer(value):
    """The document of an ordinary reply."""
    return {"value": value, "output": "", "written": []}


def put(data):
    view = memoryview(data)
    while view:
        view = view[os.write(channel(), view) :]


def take(size):
    data = b""
    while len(data) < size:
        part = os.read(channel(), size - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


def request():
    """The next thing that the examiner asks."""
    _, document, payload = HEADER.unpack(take(HEADER.size))
    asked = json.loads(take(document))
    take(payload)
    return asked


def seize(reply, loaded=NOTHING_MISSING):
    """Take the worker's place: say that the file is fine, and answer every call with `reply`."""
    put(frame(answer(loaded)))
    while True:
        request()
        put(reply)
