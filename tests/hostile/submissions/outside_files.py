"""Tries: read files of the system and of other people.

Holds: only Python, torch and numpy can be read.
"""

import os
from pathlib import Path

from kit import attempt
from kit import wrong as softmax

for place in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.ssh/id_rsa", "/root/.bashrc",
              "/var/log/syslog", "/sys/class/net", "/dev/mem", "/dev/sda", "/dev/kmsg", "/dev/tty"):
    attempt(f"open {place}", lambda place=place: os.open(place, os.O_RDONLY))
for place in ("/", "/tmp", "/home", "/root", "/etc", "/var", "/run", "/dev/shm", "/sys", "/mnt"):
    attempt(f"list {place}", lambda place=place: os.listdir(place))
attempt("climb out", lambda: (Path(os.__file__).parent / "../../../../etc/passwd").read_text())
