"""Tries: nest at the places that are turned into text: keys, tags, kinds, output.

Holds: only texts are taken for texts.
"""
# says: wrote into the channel

import kit
from kit import frame, put, request
from kit import wrong as softmax

put(frame(kit.answer(kit.NOTHING_MISSING)))
deep = b"[" * 600 + b"]" * 600
replies = [
    b'{"output": %s, "written": [], "value": 1}', b'{"output": "", "written": [], "value": {"tag": %s}}',
    b'{"output": "", "written": [], "value": {"record": "R", "fields": [[%s, 1]]}}',
    b'{"output": "", "written": [], "value": {"dict": [[%s, 1]]}}',
    b'{"output": "", "written": [], "value": {"dtype": %s}}',
    b'{"output": "", "raised": {"kind": %s, "type": "", "message": "", "frames": [], "bases": []}}',
    b'{"output": "", "raised": {"kind": "", "type": "", "message": "", "frames": [%s], "bases": []}}',
]
asked = 0
while True:
    request()
    put(frame(replies[asked % len(replies)] % deep))
    asked += 1
