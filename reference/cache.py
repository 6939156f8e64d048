"""Keys and values of the past, kept so that decoding computes each token only once."""

from jaxtyping import Float
from torch import Tensor


class KVCache:
    """What one attention layer has seen so far, in buffers with room to spare.

    Appending writes into the room that is left; only when there is none are the buffers copied, to
    twice their size, so n tokens cost O(n) and not O(n²) copies. What `append` returns are views,
    valid until the next call. Written in place, hence for inference, not for training.
    """

    def __init__(self, capacity: int = 64) -> None:
        """`capacity` is how many tokens fit before the first copy; give the length if known."""
        self._capacity = capacity
        self._length = 0
        self._k: Tensor | None = None
        self._v: Tensor | None = None

    @property
    def length(self) -> int:
        """How many tokens are held: the position of the next one."""
        return self._length

    def append(
        self, k: Float[Tensor, "B G T d"], v: Float[Tensor, "B G T e"]
    ) -> tuple[Float[Tensor, "B G S d"], Float[Tensor, "B G S e"]]:
        """Add T tokens; return all S = past + T. Batch, heads and widths must not change."""
        start, end = self._length, self._length + k.size(2)
        self._k, self._v = self._with_room(self._k, k, end), self._with_room(self._v, v, end)
        self._k[:, :, start:end] = k
        self._v[:, :, start:end] = v
        self._length = end
        return self._k[:, :, :end], self._v[:, :, :end]

    def _with_room(self, buffer: Tensor | None, new: Tensor, needed: int) -> Tensor:
        if buffer is not None and needed <= buffer.size(2):
            return buffer
        B, G, _, d = new.shape
        used = 0 if buffer is None else buffer.size(2)
        roomier = new.new_empty(B, G, max(needed, 2 * used, self._capacity), d)
        if buffer is not None:
            roomier[:, :, :used] = buffer
        return roomier
