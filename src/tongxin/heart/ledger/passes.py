"""The two fast passes over a stretch of the log: its bytes and tree, then its fields and payloads.

They tell that a stretch is as it was written, and what the joining of stretches needs; they name nothing. Where one of
them says no, `verify.py` reads that stretch again, entry by entry, and names what differs. Nothing here knows Django:
the passes run in this process or in child processes that only read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tongxin.shared import canonical

# Brings all rows of a statement with these whole numbers in its places (%s).
Fetch = Callable[[str, tuple[int, ...]], list[tuple[Any, ...]]]

ROWS_AT_ONCE = 1024  # entries with their payloads in memory at a time: a payload may be large
KEY_CHANGED = "ledger.key.changed"
BODY_KEYS = frozenset(
    {"index", "at", "node", "desk", "post", "act", "subject", "cause", "basis", "payload_hash", "proof"}
)
OPENING_KEYS = frozenset({"alg", "format", "key"})
COPIES = ("act", "desk", "post", "subject", "cause", "basis")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
QUOTES = 40  # in an entry of eleven keys and nine texts, as every one but the first and the signed ones is

BODIES = 'SELECT "index", body, leaf FROM ledger_entry WHERE "index" >= %s AND "index" < %s ORDER BY "index"'
NODES = (
    'SELECT "index", hash FROM ledger_treenode WHERE level = %s AND "index" >= %s AND "index" < %s'
    ' ORDER BY "index"'
)
SIZES = "SELECT size FROM ledger_checkpoint WHERE size > %s AND size <= %s ORDER BY size"
_WHOLE = """SELECT e."index", e.body, e.leaf, {at}, e.act, e.desk, e.post, e.subject, e.cause, e.basis, p.salt, p.body
    FROM ledger_entry e LEFT JOIN ledger_payload p ON p.entry_id = e."index"
    WHERE e."index" >= %s AND e."index" < %s ORDER BY e."index\""""
# The column's instant in the words of the entry, whatever the driver would make of it.
WHOLE = {
    "sqlite": _WHOLE.format(
        at="replace(e.at, ' ', 'T') || CASE length(e.at) WHEN 19 THEN '.000000Z' ELSE 'Z' END"
    ),
    "postgresql": _WHOLE.format(at="""to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""),
}


@dataclass
class Bytes:
    """What the first pass found in entries [start, end)."""

    whole: bool  # every leaf, number and stored node is what the bytes give
    peaks: list[bytes] = field(default_factory=list)  # of the complete subtrees in it, largest first
    roots: dict[int, bytes] = field(default_factory=dict)  # by size of checkpoint: hash over [start, size)


@dataclass
class Fields:
    """What the second pass found in entries [start, end)."""

    whole: (
        bool  # every body is canonical and agrees with its columns and its payload, and times do not run back
    )
    first_at: str = ""
    last_at: str = ""
    times: dict[int, str] = field(
        default_factory=dict
    )  # by size of checkpoint: when its last entry was written
    keys: list[tuple[int, str]] = field(default_factory=list)  # entries that name the node's key
    algorithm: str = ""  # as entry 0 says it
    bare: list[int] = field(default_factory=list)  # entries without a payload


def bytes_and_tree(fetch: Fetch, start: int, end: int) -> Bytes:
    """Hash the entries [start, end) and the tree over them; `start` is a multiple of a power of two ≥ the length."""
    rows = fetch(BODIES, (start, end))
    if len(rows) != end - start:
        return Bytes(False)
    indices, bodies, leaves = zip(*rows, strict=True)
    if indices != tuple(range(start, end)):
        return Bytes(False)
    try:
        hashes = [sha256(b"\x00" + body).digest() for body in bodies]
    except TypeError:  # a body that is no bytes at all
        return Bytes(False)
    if hashes != list(leaves):
        return Bytes(False)
    levels = [hashes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        made = [
            sha256(b"\x01" + left + right).digest()
            for left, right in zip(below[::2], below[1::2], strict=False)
        ]
        first = start >> len(levels)
        kept = fetch(NODES, (len(levels), first, first + len(made)))
        if kept != list(enumerate(made, first)):
            return Bytes(False)
        levels.append(made)
    sizes = [size for (size,) in fetch(SIZES, (start, end))]
    roots = {size: _fold(_peaks(levels, size - start)) for size in sizes}
    return Bytes(True, _peaks(levels, end - start), roots)


def fields_and_payloads(fetch: Fetch, vendor: str, node: str, start: int, end: int) -> Fields:
    """Hold the columns and payloads of the entries [start, end) against their bytes."""
    sizes = {size for (size,) in fetch(SIZES, (start, end))}
    found = Fields(True)
    for part in range(start, end, ROWS_AT_ONCE):
        rows = fetch(WHOLE[vendor], (part, min(part + ROWS_AT_ONCE, end)))
        if not _agree(rows, node, found, sizes):
            return Fields(False)
        found.first_at = found.first_at or rows[0][3]
    return found


def entry_fields(body: bytes) -> dict[str, Any] | None:
    """Return the fields of a canonical entry body, None when it is anything else."""
    try:
        fields = json.loads(body)
        if not isinstance(fields, dict) or canonical.dumps(fields) != body:
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    expected = BODY_KEYS | OPENING_KEYS if fields.get("index") == 0 else BODY_KEYS
    if fields.keys() != expected or type(fields["index"]) is not int:
        return None
    texts = expected - {"index", "proof"}
    if not all(isinstance(fields[name], str) for name in texts) or not INSTANT.fullmatch(fields["at"]):
        return None
    return fields


def wrong_copies(fields: dict[str, Any], at: str, copies: Iterable[Any], node: str) -> list[str]:
    """Return the names of the columns that do not repeat the entry; `copies` in the order of COPIES."""
    wrong = [name for name, copy in zip(COPIES, copies, strict=True) if fields[name] != copy]
    wrong += ["at"] if fields["at"] != at else []
    return [*wrong, "node"] if fields["node"] != node else wrong


def _agree(rows: list[tuple[Any, ...]], node: str, found: Fields, sizes: set[int]) -> bool:
    """Hold each row against its bytes, and note in `found` what is asked for later."""
    last_at = found.last_at
    for index, body, _leaf, at, act, desk, post, subject, cause, basis, salt, payload in rows:
        hashed = ""
        if salt is None:
            found.bare.append(index)
        else:
            try:
                hashed = sha256(salt + payload).hexdigest()
            except TypeError:  # no bytes at all
                return False
        text = (
            f'{{"act":"{act}","at":"{at}","basis":"{basis}","cause":"{cause}","desk":"{desk}","index":{index},'
            f'"node":"{node}","payload_hash":"{hashed}","post":"{post}","proof":null,"subject":"{subject}"}}'
        )
        if (
            text.encode("utf-8", "replace") != body
            or text.count('"') != QUOTES
            or "\\" in text
            or not text.isprintable()
            or not INSTANT.fullmatch(at)
        ):
            fields = _by_itself(index, body, at, (act, desk, post, subject, cause, basis), hashed, node)
            if fields is None:
                return False
            if index == 0:
                found.keys.append((0, fields["key"]))
                found.algorithm = fields["alg"]
        if act == KEY_CHANGED:
            found.keys.append((index, subject.partition(":")[2]))
        if at < last_at:
            return False
        last_at = at
        if index + 1 in sizes:
            found.times[index + 1] = at
    found.last_at = last_at
    return True


def _by_itself(
    index: int, body: Any, at: str, copies: tuple[Any, ...], hashed: str, node: str
) -> dict[str, Any] | None:
    """Read an entry that is not of the common form: the first, a signed one, one without payload, a broken one."""
    fields = entry_fields(body) if isinstance(body, bytes) else None
    if fields is None or fields["index"] != index or wrong_copies(fields, at, copies, node):
        return None
    return fields if fields["payload_hash"] == hashed or not hashed else None


def _peaks(levels: list[list[bytes]], length: int) -> list[bytes]:
    """Return the hashes of the complete subtrees over the first `length` leaves, largest first."""
    found, at = [], 0
    for level in range(length.bit_length() - 1, -1, -1):
        if length >> level & 1:
            found.append(levels[level][at >> level])
            at += 1 << level
    return found


def _fold(peaks: list[bytes]) -> bytes:
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = sha256(b"\x01" + peak + root).digest()
    return root
