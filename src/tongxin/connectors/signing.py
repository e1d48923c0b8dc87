"""How a webhook is signed: HMAC-SHA256 over delivery id, timestamp and body, in hex, as `sha256=…`.

A receiver needs `hmac` and `hashlib` alone; docs/guide/connect-a-system.md has one in a page.
"""

from __future__ import annotations

import hashlib
import hmac

ID, TIMESTAMP, SIGNATURE = "Tongxin-Delivery", "Tongxin-Timestamp", "Tongxin-Signature"
KIND, ATTEMPT = "Tongxin-Kind", "Tongxin-Attempt"
SKEW = 300  # seconds by which a receiver's clock may differ


def signature(secret: str, *, delivery: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a body under a secret."""
    signed = f"{delivery}.{timestamp}.".encode() + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def verifies(secret: str, given: str, *, delivery: str, timestamp: str, body: bytes) -> bool:
    """Tell whether a signature that came is right; compared in constant time."""
    right = signature(secret, delivery=delivery, timestamp=timestamp, body=body)
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))
