"""Tries: noncharacters, private letters, tags, joiners, line separators and marks without end.

Holds: each format stays readable by its own parser.
"""
# says: ValueError

from kit import wrong

ODD = "".join(map(chr, (0xFFFE, 0xFFFF, 0x0B, 0x0C, 0x85, 0x2028, 0x2029, 0x200D, 0xFEFF, 0xE0001, 0xE0061,
                        0x10FFFF, 0xF8FF, 0x1FFFE, 0xD800, 0x00AD, 0x180E, 0x2066, 0x7F, 0x9B)))


def softmax(x, dim=-1):
    wrong(x)
    print(ODD, "a" + "\u0301" * 50_000)
    raise ValueError(ODD + "\u0336" * 50_000)
