"""Networks of the internet: which one an address belongs to."""

import ipaddress

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
