"""Keeps the secrets of subscriptions unreadable to whoever has a copy of the database alone.

AES-256-GCM under a key made from the server's secret key, bound to the subscription, so that one sealed secret
cannot be moved to another row.
"""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tongxin.heart.exchange.models import Subscription

NONCE, SECRET = 12, 32  # bytes


class Unreadable(Exception):
    """It was sealed with another server's secret key, for another row, or was damaged."""


def give_secret(row: Subscription) -> str:
    """Put a fresh secret into a saved subscription and return it; nowhere is it shown again."""
    secret = secrets.token_hex(SECRET)
    row.secret = seal(secret, row=_name(row))
    return secret


def secret_of(row: Subscription) -> str:
    """Return the subscription's secret, empty when it has none. Raises Unreadable."""
    return unseal(row.secret, row=_name(row)) if row.secret else ""


def seal(secret: str, *, row: str) -> str:
    """Return the secret as the database keeps it, bound to the name of its row."""
    nonce = secrets.token_bytes(NONCE)
    sealed = AESGCM(_key()).encrypt(nonce, secret.encode(), row.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, row: str) -> str:
    """Return the secret as it was. Raises Unreadable."""
    try:
        kept = base64.b64decode(sealed, validate=True)
        return AESGCM(_key()).decrypt(kept[:NONCE], kept[NONCE:], row.encode()).decode()
    except (InvalidTag, ValueError) as fault:
        raise Unreadable from fault


def _name(row: Subscription) -> str:
    return f"subscription:{row.pk}"


def _key() -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tongxin subscriptions").derive(
        settings.SECRET_KEY.encode()
    )
