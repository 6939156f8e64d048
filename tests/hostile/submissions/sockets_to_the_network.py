"""Tries: talk to the network over TCP, UDP, ICMP and raw packets.

Holds: no socket can be made.
"""

import socket
import urllib.request

from kit import attempt, search
from kit import wrong as softmax

attempt("connect by TCP", lambda: socket.create_connection(("127.0.0.1", 80), 1))
attempt("connect by TCP over IPv6", lambda: socket.create_connection(("::1", 80), 1))
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
attempt("send by UDP", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9)))
attempt("send raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("send packets", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("fetch a page", lambda: urllib.request.urlopen("http://127.0.0.1/", timeout=1))
attempt("ask for a name", lambda: socket.gethostbyname("example.org"))
search("list interfaces", lambda: socket.if_nameindex())
