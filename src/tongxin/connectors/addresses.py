"""Which addresses the server may call for others: none inside the operator's own network unless the operator says so.

Whoever may subscribe a desk chooses a host name, and a name may lead anywhere: to the machine itself, to its
neighbours, to the metadata service of a cloud. So a name is looked up, every address it leads to is judged, and the
connection goes to the address that was judged, not to the name again.
"""

from __future__ import annotations

import ipaddress
import socket

from django.conf import settings

from tongxin.connectors.base import NotSent

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def may_call(address: Address) -> bool:
    """Tell whether the server may open a connection to an address.

    Public ones; those in the networks of TONGXIN_WEBHOOK_NETWORKS; this machine's own in demo and tests.
    """
    address = _inner(address)
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    if address.is_loopback:
        return bool(settings.MODE != "run")
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def literal(host: str) -> Address | None:
    """Return the address that a host is written as, or None when it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_this_machine(host: str) -> bool:
    """Tell whether a host is written as this machine: `localhost` or a loopback address."""
    written = literal(host)
    return host == "localhost" or (written is not None and written.is_loopback)


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, all of them such as may be called. Raises NotSent.

    One forbidden address among several refuses the host: who answers with both waits for us to take the wrong one.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as fault:
        raise NotSent("name_unknown") from fault
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not addresses or not all(may_call(ipaddress.ip_address(each)) for each in addresses):
        raise NotSent("address_refused", final=True)
    return addresses


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address
