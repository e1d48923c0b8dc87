"""From which address a request came: of the connection, or as the proxies that are trusted say."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's address to count by: from the proxies we trust, else of the connection.

    Of IPv6 it is the network of 64 bits, such as `2001:db8:0:1::/64`: one line has all addresses in it.
    """
    trusted = settings.TRUSTED_PROXIES
    hops = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
    if trusted and len(hops) >= trusted:
        return _counted(hops[-trusted][:50])
    return _counted(str(request.META.get("REMOTE_ADDR") or "local")[:50])


def _counted(said: str) -> str:
    try:
        found = ip_address(said)
    except ValueError:
        return said
    if not isinstance(found, IPv6Address):
        return said
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"
