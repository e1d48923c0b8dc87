"""The settings of what leaves the house: the mail server from one URL, the networks that webhooks may call."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PORTS = {"smtp": 587, "smtps": 465}


def mail(url: str, *, kept_in: Path | None) -> dict[str, Any]:
    """Return the parts of a mail server's address.

    `smtps://user:password@host` speaks TLS from the beginning, `smtp://…` begins it before anything is said
    (`?tls=off` for a relay on the same machine). Without a URL mails are files in `kept_in`; without that, none go out.
    """
    parts: dict[str, Any] = {
        "ready": kept_in is not None,
        "backend": "django.core.mail.backends.filebased.EmailBackend",
        "folder": str(kept_in or ""),
        "host": "", "port": 0, "user": "", "password": "", "starttls": False, "tls": False,
    }  # fmt: skip
    if not url:
        return parts
    try:
        given = urlsplit(url)
        port = given.port
    except ValueError as fault:
        raise ImproperlyConfigured("TONGXIN_SMTP_URL is no address") from fault
    if given.scheme not in PORTS or not given.hostname:
        raise ImproperlyConfigured("TONGXIN_SMTP_URL must be smtp://… or smtps://… with a host")
    plain = parse_qs(given.query).get("tls") == ["off"]
    return parts | {
        "ready": True,
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": given.hostname,
        "port": port or PORTS[given.scheme],
        "user": unquote(given.username or ""),
        "password": unquote(given.password or ""),
        "tls": given.scheme == "smtps",
        "starttls": given.scheme == "smtp" and not plain,
    }


def networks(text: str) -> list[Network]:
    """Return the networks named, comma-separated, such as `10.20.0.0/16`."""
    try:
        return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as fault:
        raise ImproperlyConfigured(f"TONGXIN_WEBHOOK_NETWORKS names no network: {fault}") from fault
