"""Canonical JSON: one value has one sequence of bytes, so that a hash over it means something.

Keys sorted by code point, UTF-8, no white space, no floats (they print differently elsewhere).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def dumps(value: Any) -> bytes:
    """Return the canonical bytes of `value`; raises TypeError for floats and anything JSON has no word for."""
    _check(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256_hex(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes as 64 hex digits."""
    return hashlib.sha256(dumps(value)).hexdigest()


def _check(value: Any) -> None:
    if value is None or isinstance(value, (str, bool, int)):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {type(key).__name__}")
            _check(inner)
        return
    if isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner)
        return
    raise TypeError(f"{type(value).__name__} has no canonical form; use text or whole numbers")
