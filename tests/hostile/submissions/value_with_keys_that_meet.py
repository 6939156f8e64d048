"""Tries: a dictionary of small integers, chosen so that each is looked for where all others are.

Holds: so many keys are refused.
"""
# says: wrote into the channel

from kit import answer, frame, seize
from kit import wrong as softmax

seize(frame(answer({"dict": [[number << 40, 0] for number in range(60_000)]})))
