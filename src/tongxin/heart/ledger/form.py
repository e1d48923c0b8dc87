"""The exact bytes of the ledger, format tongxin-ledger/1: entry bodies, payload hashes, checkpoint texts."""

from __future__ import annotations

import hashlib
from typing import Any

from tongxin.shared import canonical

FORMAT = "tongxin-ledger/1"
CHECKPOINT = "tongxin-checkpoint/1"
EXTRACT = "tongxin-extract/1"
EXPORT = "tongxin-log/1"
HASH = "sha256"

# What an extract says it contains: index and state of the payload (shown, withheld, erased) of each entry.
Contents = list[list[Any]]


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


def checkpoint_text(*, node: str, algorithm: str, size: int, root: bytes, at: str) -> bytes:
    """Return the signed bytes of a checkpoint: six lines, each ended by LF."""
    lines = [
        CHECKPOINT,
        f"node {node}",
        f"hash {algorithm}",
        f"size {size}",
        f"root {root.hex()}",
        f"at {at}",
    ]
    return _lines(lines)


def manifest_text(
    *, node: str, algorithm: str, scope: dict[str, Any], made: str, size: int, root: bytes, contents: Contents
) -> bytes:
    """Return the signed bytes of an extract's manifest: what it is about, and the hash over what it contains."""
    return _lines(
        [
            EXTRACT,
            f"node {node}",
            f"hash {algorithm}",
            f"scope {canonical.dumps(scope).decode()}",
            f"made {made}",
            f"size {size}",
            f"root {root.hex()}",
            f"entries {len(contents)}",
            f"contents {canonical.sha256_hex(contents)}",
        ]
    )


def signature_line(who: str, algorithm: str, public_key: bytes, signature: bytes) -> str:
    """Return the line that carries one signature below a signed text."""
    return f"signed {who} {algorithm} {public_key.hex()} {signature.hex()}\n"


def note(text: bytes, signatures: list[str]) -> str:
    """Return the signed text, an empty line, and the signature lines: the node's first, then the witnesses'."""
    return text.decode() + "\n" + "".join(signatures)


def _lines(lines: list[str]) -> bytes:
    return "".join(line + "\n" for line in lines).encode()
