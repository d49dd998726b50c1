"""Networks of the internet: which one an address belongs to, and whether a host lies in a private one."""

import ipaddress
import socket

_SITE = 64  # RFC 6177: a site gets at least a /64, and changes addresses within it at will (RFC 8981)


def network_of(address: str) -> str:
    """Give an IPv4 address as it is and an IPv6 address's /64; what is no address as it is written."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> (128 - _SITE) << (128 - _SITE), _SITE)))


def leads_inside(host: str) -> bool:
    """Say whether a host is this machine or lies in a private network; one that nobody knows does not."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global for *_, address in found)
