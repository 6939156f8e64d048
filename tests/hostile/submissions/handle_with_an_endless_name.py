"""Tries: answer with an object whose type's name fits into a reply, but not into the next request.

Holds: what cannot be sent is its own failure, not an error of ours.
"""
# exercise: self_attention
# says: wrote into the channel

import sys

from kit import HEADER, answer, frame, seize

LARGEST = sys.modules["grader.worker.channel"].MAX_DOCUMENT

rest = len(frame(answer({"handle": "0", "type": ""}))) - HEADER.size
seize(frame(answer({"handle": "0", "type": "N" * (LARGEST - rest)})))
