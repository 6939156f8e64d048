"""Tries: answer each question twice, so that every later one is answered before it is asked.

Holds: an answer that came too early is as wrong as it is.
"""

from kit import NOTHING_MISSING, answer, frame, put, request

put(frame(answer(NOTHING_MISSING)))
while True:
    asked = request()
    for value in (answer(None), answer({"tuple": [asked.get("op"), 1.0]}), answer(1.0)):
        put(frame(value))
