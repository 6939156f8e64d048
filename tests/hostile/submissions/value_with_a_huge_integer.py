"""Tries: integers of thousands and of millions of digits.

Holds: none of them makes a comparison fail on our side.
"""
# says: yours is

import kit


def softmax(x, dim=-1):
    kit.wrong(x)
    return {1: 10**4000, 2: 10**6000, 3: [10**400, -(10**400)]}[x.dim()]
