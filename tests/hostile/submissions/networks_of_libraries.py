"""Tries: reach a network through libraries that have their own way to it.

Holds: none does.
"""

import ctypes
import socket
import urllib.request
import xmlrpc.client
from http.client import HTTPConnection

import torch
from kit import attempt
from kit import wrong as softmax

libc = ctypes.CDLL(None)


def resolved():
    result = ctypes.c_void_p()
    if libc.getaddrinfo(b"example.org", b"80", None, ctypes.byref(result)):
        raise OSError("not found")


attempt("a page", lambda: urllib.request.urlopen("http://127.0.0.1:9", timeout=0.2))
attempt("a call", lambda: xmlrpc.client.ServerProxy("http://127.0.0.1:9").hello())
attempt("a connection", lambda: HTTPConnection("127.0.0.1", 9, timeout=0.2).connect())
attempt("a name", resolved)
attempt("a name by Python", lambda: socket.getaddrinfo("example.org", 80))
attempt("a store", lambda: torch.distributed.TCPStore("127.0.0.1", 0, 1, True))
attempt("a hub", lambda: torch.hub.load_state_dict_from_url("http://127.0.0.1:9/x", model_dir="/tmp"))
attempt("a family of sockets", lambda: [socket.socket(family) for family in (16, 17, 38, 40)])
