"""The exact bytes of the ledger, format tongxin-ledger/1: entry bodies, payload hashes, checkpoint texts."""

from __future__ import annotations

import hashlib
from typing import Any

from tongxin.shared import canonical

FORMAT = "tongxin-ledger/1"
HASH = "sha256"


def payload_hash(salt: bytes, payload: bytes) -> bytes:
    """Return SHA-256(salt ‖ payload); the salt (32 random bytes) keeps a short payload from being guessed."""
    return hashlib.sha256(salt + payload).digest()


def entry_body(
    *,
    index: int,
    at: str,
    node: str,
    desk: str,
    post: str,
    act: str,
    subject: str,
    cause: str,
    basis: str,
    payload_hash: str,
    proof: dict[str, Any] | None,
    opening: dict[str, str],
) -> bytes:
    """Return the canonical bytes of an entry; `opening` is what entry 0 alone carries: alg, format, key."""
    return canonical.dumps(
        {
            "index": index,
            "at": at,
            "node": node,
            "desk": desk,
            "post": post,
            "act": act,
            "subject": subject,
            "cause": cause,
            "basis": basis,
            "payload_hash": payload_hash,
            "proof": proof,
            **opening,
        }
    )
