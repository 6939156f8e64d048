"""Tries: swallow every exception, switch off the alarm, and go on.

Holds: the process is killed from outside.
"""
# hangs
# says: did not finish

import signal


def softmax(x, dim=-1):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
