"""The node's signing key: a file in the data folder that only the server's own user may read."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

ALGORITHM = "ed25519"


@dataclass(frozen=True)
class NodeKey:
    """A key that signs; `key_id` is the SHA-256 of the public key, what people compare by eye."""

    private: Ed25519PrivateKey
    public: bytes
    key_id: str

    def sign(self, text: bytes) -> bytes:
        """Return the 64-byte signature over `text`."""
        return self.private.sign(text)


def node_key() -> NodeKey:
    """Return this node's key, from the file that the settings name or the data folder; made on first use, 0600."""
    return _load(
        Path(settings.NODE_KEY) if settings.NODE_KEY else Path(settings.DATA) / "keys" / "node-ed25519.pem"
    )


def fingerprint(public: bytes) -> str:
    """Return the name of a public key: its SHA-256 in hex."""
    return hashlib.sha256(public).hexdigest()


def signature_holds(public: bytes, signature: bytes, text: bytes) -> bool:
    """Tell whether the Ed25519 signature over `text` is by the key `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=8)
def _load(path: Path) -> NodeKey:
    if not path.exists():
        _create(path)
    private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path.name} does not hold an Ed25519 key")
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return NodeKey(private, public, fingerprint(public))


def _create(path: Path) -> None:
    """Write a new key whole or not at all; of two processes that try at once, the first one's key stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle, name = tempfile.mkstemp(dir=path.parent)  # mkstemp makes it 0600
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(name, path)
    except FileExistsError:
        return  # another process was first; its key is read
    finally:
        os.unlink(name)
