"""Which addresses of the internet protocol lie outside, so that nobody has the server knock at doors inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_EMBEDDING = tuple(
    ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Networks of IPv6 whose addresses stand for one of IPv4, which may be anywhere."""


def may_be_reached(address: Address, let_through: Iterable[str]) -> bool:
    """Whether an address lies in the outside world, or in one of the networks that are let through.

    >>> from ipaddress import ip_address
    >>> may_be_reached(ip_address("93.184.216.34"), ())
    True
    >>> may_be_reached(ip_address("10.0.0.7"), ()), may_be_reached(ip_address("10.0.0.7"), ["10.0.0.0/24"])
    (False, True)
    >>> may_be_reached(ip_address("::ffff:127.0.0.1"), ())
    False
    """
    if is_in(address, let_through):
        return True
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped is not None:
        return may_be_reached(mapped, let_through)
    embedded = any(address in network for network in _EMBEDDING)
    return address.is_global and not address.is_multicast and not embedded


def is_in(address: Address, networks: Iterable[str]) -> bool:
    """Whether an address lies in one of the networks."""
    return any(address in ipaddress.ip_network(network) for network in networks)
