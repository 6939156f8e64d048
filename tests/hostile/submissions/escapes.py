"""Tries: steer the reader's terminal through every text that a report shows.

Holds: the report has no control characters.
"""
# says: \x1b]0;owned

import kit

STEERING = "\x1b[2J\x1b]0;owned\x07\r\b\x9b31m\u202e\u2028"
EVIL = STEERING + "\ud800\x00"


class Odd:
    pass


Odd.__name__ = Odd.__qualname__ = f"Odd{STEERING}"
Error = type(f"Error{STEERING}", (Exception,), {})
scope = {"Error": Error, "EVIL": EVIL}
exec(compile(f"def shout():\n    raise Error(EVIL)  # {'' or 'x'}", "softmax.py", "exec"), scope)
shout = scope["shout"]
shout.__code__ = shout.__code__.replace(co_name=f"shout{STEERING}")


def softmax(x, dim=-1):
    print(EVIL)
    kit.wrong(x)
    if x.dim() == 1:
        return Odd()
    if x.dim() == 3:
        return {EVIL: EVIL}
    shout()
