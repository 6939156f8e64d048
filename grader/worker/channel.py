"""Frames between the examiner and a worker, over a socket.

A frame is a fixed header (magic, length of the JSON part, length of the tensor part), a JSON
document and a `safetensors` payload that holds every tensor the document names. Both lengths are
checked before a byte is read, so a peer cannot make the other side allocate more than its limit.
What stands in the document is `protocol.py`'s.
"""

import contextlib
import json
import socket
import struct
import time
from typing import Any

from torch import Tensor

from grader.errors import ProtocolError
from grader.worker.protocol import TooLarge
from grader.worker.tensors import MAX_PAYLOAD, read_tensors, write_tensors

MAGIC = 0x6C61726E
HEADER = struct.Struct("!III")
MAX_DOCUMENT = 2 * 1024 * 1024
READ_AHEAD = 64 * 1024


class Channel:
    """A connected socket that carries frames; each operation has a deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._ahead = bytearray()

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def hang_up(self) -> None:
        """End the talk: whoever waits for a frame here, in another thread perhaps, gets none."""
        with contextlib.suppress(OSError):  # the other side has done so before
            self._socket.shutdown(socket.SHUT_RDWR)

    def send(
        self, document: Any, tensors: dict[str, Tensor] | None = None, seconds: float | None = None
    ) -> None:
        """Write one frame. Raises `TooLarge` before writing, `OSError` where nobody reads."""
        text = json.dumps(document).encode()
        if len(text) > MAX_DOCUMENT:
            raise TooLarge(f"a structure of {len(text) / 1e6:,.0f} MB")
        payload = write_tensors(tensors) if tensors else b""
        self._socket.settimeout(seconds)
        self._socket.sendall(HEADER.pack(MAGIC, len(text), len(payload)) + text + payload)

    def receive(self, seconds: float | None = None) -> tuple[Any, dict[str, Tensor]]:
        """Read one frame within `seconds`.

        Raises `TimeoutError`, `EOFError` where the peer is gone, and `ProtocolError` for garbage.
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        magic, document_size, tensor_size = HEADER.unpack(self._read(HEADER.size, deadline))
        if magic != MAGIC or document_size > MAX_DOCUMENT or tensor_size > MAX_PAYLOAD:
            raise ProtocolError("not a frame")
        text = self._read(document_size, deadline)
        payload = self._read(tensor_size, deadline)
        try:
            return json.loads(text), read_tensors(payload) if payload else {}
        except Exception as error:  # whatever a hostile document provokes in the two parsers
            raise ProtocolError(f"unreadable frame: {type(error).__name__}") from None

    def _read(self, size: int, deadline: float | None) -> bytes:
        """`size` bytes. What else a read brings is kept: a frame takes one call, not three."""
        while len(self._ahead) < size:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self._socket.settimeout(left)
            try:
                data = self._socket.recv(max(size - len(self._ahead), READ_AHEAD))
            except ConnectionError:
                data = b""
            if not data:
                raise EOFError
            self._ahead += data
        taken = bytes(self._ahead[:size])
        del self._ahead[:size]
        return taken
