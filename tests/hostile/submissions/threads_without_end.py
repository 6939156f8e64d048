"""Tries: start threads for ever.

Holds: there is a limit.
"""
# says: thread|did not finish

import threading

import kit

stop = threading.Event()


def softmax(x, dim=-1):
    kit.wrong(x)
    while True:
        threading.Thread(target=stop.wait).start()
