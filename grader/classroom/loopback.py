"""Which hosts are this machine alone: what listens there cannot be reached from elsewhere."""

import ipaddress


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
