"""Tries: let a timer kill the process while the worker is at work.

Holds: that is how it ended, and it is replaced.
"""
# says: ended the Python process

import signal

from kit import wrong as softmax

signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
signal.setitimer(signal.ITIMER_VIRTUAL, 0.000001, 0.000001)
while True:
    pass
