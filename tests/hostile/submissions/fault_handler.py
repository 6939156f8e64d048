"""Tries: have Python's handler of crashes write into the channel, from a thread of C.

Holds: that is no answer.
"""
# says: wrote into the channel

import faulthandler
import time

from kit import channel, wrong

faulthandler.dump_traceback_later(0.01, repeat=True, file=channel(), exit=False)


def softmax(x, dim=-1):
    time.sleep(0.05)
    return wrong(x)
