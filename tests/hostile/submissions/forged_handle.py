"""Tries: answer with a handle to an object of ours, by a name that our side would look up.

Holds: the name is taken from our side, never from there.
"""
# exercise: self_attention
# says: and its parameters should be

from kit import frame, answer, seize

seize(frame(answer({"handle": "0:__class__", "type": "SelfAttention"})))
