"""From which address a request came: of the connection, or as the proxies that are trusted say."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's address: from the proxies we trust, else of the connection."""
    trusted = settings.TRUSTED_PROXIES
    hops = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
    if trusted and len(hops) >= trusted:
        return hops[-trusted][:50]
    return str(request.META.get("REMOTE_ADDR") or "local")[:50]
