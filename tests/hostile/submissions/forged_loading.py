"""Tries: answer `load` from inside the file, with something that nobody expects.

Holds: it is this submission's failure, not the grader's.
"""
# says: wrote into the channel

from kit import answer, frame, put, request
from kit import wrong as softmax

put(frame(answer({"dict": [["missing", 7], ["found", []], ["defined", None]]})))
while True:
    request()
