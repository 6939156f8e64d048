"""Tries: raise a SyntaxError whose file, line and text are made up, or no numbers at all.

Holds: it is told as an error of a call.
"""
# says: SyntaxError|IndentationError

from kit import wrong


class Line(int):
    def __index__(self):
        raise OSError

    __int__ = __str__ = __repr__ = __format__ = __index__


def softmax(x, dim=-1):
    wrong(x)
    error = SyntaxError("made up", ("/etc/passwd", 10**9, -5, "x\x1b[2J" * 10_000, 3, 2**62))
    if x.dim() > 1:
        error = IndentationError("made up", ("test_softmax.py", 1, 1, "y"))
        error.lineno, error.offset, error.text, error.filename = Line(3), Line(4), object(), object()
    raise error
