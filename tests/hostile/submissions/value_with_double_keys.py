"""Tries: a document whose keys appear twice, so that two readers may see two documents.

Holds: there is one reader.
"""
# says: wrote into the channel

from kit import frame, seize
from kit import wrong as softmax

seize(frame(b'{"output": "", "written": [], "value": {"tensor": "0"}, "value": {"tensor": "0", "tensor": NaN}}'))
