#!/usr/bin/env python3
"""Verifies a ledger extract or a whole ledger export of Tongxin, without Tongxin and without its server.

One file, Python 3.8 or newer, nothing to install:

    python3 tongxin_verify.py extract.json --key FINGERPRINT

It recomputes every hash (SHA-256, RFC 6962), every proof and every Ed25519 signature from the bytes in the file
and names what does not hold. Written apart from the server's own code on purpose: two programs that agree.
"""
# ruff: noqa: B905, RUF007 - zip(strict=) and pairwise() are newer than Python 3.8

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import BinaryIO

HOLDS, FAULTS, USAGE, UNREADABLE = 0, 1, 2, 3

EXTRACT, EXPORT, CHECKPOINT, LEDGER = (
    "tongxin-extract/1",
    "tongxin-log/1",
    "tongxin-checkpoint/1",
    "tongxin-ledger/1",
)
ENTRY_TEXTS = ("at", "node", "desk", "post", "act", "subject", "cause", "basis", "payload_hash")
OPENING_TEXTS = ("alg", "format", "key")
LARGEST = 1 << 60
HEX32 = re.compile(r"[0-9a-f]{64}\Z")
HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z", re.ASCII)

# ---------------------------------------------------------------- words

WORDS = {
    "changed": (
        "记录被改动：内容与写入时的哈希不符。",
        "The entry was changed: it is not what was hashed when it was written.",
    ),
    "removed": ("记录被删除。", "The entry was removed."),
    "inserted": ("记录是插入的：账本从未写入它。", "The entry was inserted: the log never held it there."),
    "reordered": ("记录的次序被调换。", "The entry was moved to another place."),
    "cut": ("账本的尾部被截去。", "The end of the log was cut off."),
    "payload_changed": (
        "附带内容被改动：与记录中的哈希不符。",
        "The payload was changed: its hash is not the entry's.",
    ),
    "payload_swapped": ("附带内容是另一条记录的。", "The payload belongs to another entry."),
    "payload_missing": (
        "附带内容缺失，而没有记录说明它已被删除。",
        "The payload is missing, and no entry says that it was erased.",
    ),
    "contents_changed": (
        "节录的目录与签名时的不符：有记录被加入、拿走，或目录被改。",
        "The list of contents is not the one that was signed: something was added, taken out, or the list changed.",
    ),
    "time_backwards": ("记录的时间早于前一条。", "The entry is dated before the one in front of it."),
    "later_than_checkpoint": (
        "记录的时间晚于覆盖它的检查点。",
        "The entry is dated after the checkpoint that covers it.",
    ),
    "wrong_signature": ("签名不成立。", "The signature does not hold."),
    "wrong_key": (
        "签名所用的密钥不是账本载明的节点密钥。",
        "It is signed by a key that the log does not name as the node's.",
    ),
    "unexpected_key": (
        "签名所用的密钥不是给出的那把。",
        "It is signed by a key other than the one you gave.",
    ),
    "wrong_checkpoint": (
        "检查点与其余内容不一致。",
        "The checkpoint does not fit the rest of the file.",
    ),
    "wrong_root": (
        "这些记录算出的根哈希与检查点签署的不同：其中有记录被改动、插入或删除。",
        "These entries do not give the root that was signed: one of them was changed, inserted or removed.",
    ),
    "not_consistent": (
        "两个检查点之间没有成立的一致性证明：后者不是前者的延续。",
        "No proof shows that the later checkpoint continues the earlier one.",
    ),
    "forked": (
        "账本不是自己保存的检查点的延续：有人改写了历史。",
        "The log does not continue the checkpoint that you kept: history was rewritten.",
    ),
    "not_compared": (
        "文件中没有自己保存的检查点到此处的证明，无法比对；重新下载并注明自该检查点起。",
        "The file holds no proof from the checkpoint that you kept; download it again with since= its size.",
    ),
    "left_out": (
        "完整账本中有这条属于节录范围的记录，节录里却没有。",
        "The whole log holds this entry, which belongs into the extract, but the extract left it out.",
    ),
    "differs_from_log": (
        "与完整账本中的同一条记录不同。",
        "It differs from the same entry of the whole log.",
    ),
    "unreadable": ("这一处无法读懂。", "This part cannot be read."),
}
SAYS = {
    "entry": ("第 {0} 条记录", "entry {0}"),
    "entries": ("第 {0} 至 {1} 条记录", "entries {0} to {1}"),
    "checkpoint": ("检查点（{0} 条）", "checkpoint over {0}"),
    "manifest": ("节录目录", "manifest"),
    "file": ("文件", "file"),
    "line": ("第 {0} 行", "line {0}"),
    "holds": ("验证通过。", "It holds."),
    "fails": ("验证不通过：发现 {0} 处问题。", "It does not hold. Findings: {0}."),
    "cannot": ("无法读取：{0}", "It cannot be read: {0}"),
    "extract": (
        "节录：节点 {0}，{1} 条记录，其中 {2} 条附带内容可见、{3} 条不予显示、{4} 条已依规删除；账本共 {5} 条。",
        "Extract of node {0}. Entries: {1}; with payload: {2}, withheld: {3}, erased: {4}. The log has {5}.",
    ),
    "export": (
        "完整账本：节点 {0}，{1} 条记录，{2} 个检查点。",
        "Whole log of node {0}. Entries: {1}; checkpoints: {2}.",
    ),
    "checked": (
        "已核对：{0} 个哈希与证明，{1} 个签名。",
        "Checked hashes and proofs: {0}; signatures: {1}.",
    ),
    "root": ("根哈希 {0}", "root {0}"),
    "unsigned": (
        "最后 {0} 条记录尚无检查点覆盖；它们连贯，但还没有签名。",
        "Entries at the end that are not yet under a checkpoint: {0}; in order, but signed by nobody.",
    ),
    "speed": (
        "字节与哈希树：每秒 {0} 条；字段：每秒 {1} 条。",
        "Bytes and tree: {0} entries/s; fields: {1} entries/s.",
    ),
    "key": ("节点密钥指纹 {0}", "node key fingerprint {0}"),
    "compare": (
        "把这个指纹与从节点以外的途径得到的指纹比对，或用 --key 给出它。",
        "Compare this fingerprint with the one you got from somewhere other than this server, or give it with --key.",
    ),
    "key_as_given": ("密钥与给出的一致。", "The key is the one you gave."),
    "continues": ("账本是自己保存的检查点的延续。", "The log continues the checkpoint that you kept."),
    "not_json": ("不是 JSON 文件", "this is no JSON file"),
    "not_ours": ("不是同心账本的节录或导出", "this is neither an extract nor an export of a Tongxin ledger"),
    "no_file": ("打不开文件 {0}", "cannot open {0}"),
    "not_checkpoint": ("不是检查点文件", "this is no checkpoint"),
    "odd": ("文件的结构不合规（{0}）", "the file is not built as it should be ({0})"),
    "more": ("……另有 {0} 处", "… and {0} more"),
}


class Unreadable(Exception):
    """The file is not one of ours at all."""


class Report:
    """What was found, and what was checked."""

    def __init__(self) -> None:
        self.findings: list[tuple[str, str, tuple[int, ...], str]] = []
        self.hashes = 0
        self.signatures = 0
        self.facts: list[tuple[str, tuple[object, ...]]] = []
        self.keys: set[str] = set()
        self.seconds = {"bytes": 0.0, "fields": 0.0}  # spent on a whole log
        self.rates: dict[str, int] = {}  # entries a second

    def tell(self, kind: str, place: str, *numbers: int, detail: str = "") -> None:
        """Keep one finding."""
        found = (kind, place, numbers, detail)
        if found not in self.findings[-50:]:
            self.findings.append(found)

    def say(self, fact: str, *values: object) -> None:
        """Keep one fact for the summary."""
        self.facts.append((fact, values))


# ---------------------------------------------------------------- Ed25519 (RFC 8032), verification only

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def _add(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    r, s = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def _x_of(y: int, sign: int) -> int | None:
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> tuple[int, int, int, int] | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _bytes(point: tuple[int, int, int, int]) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE_X = _x_of(_BASE_Y, 0) or 0
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % P)
NEUTRAL = (0, 1, 1, 0)


def ed25519_holds(public: bytes, signature: bytes, text: bytes) -> bool:
    """Tell whether `signature` over `text` is by the key `public`: [S]B = R + [h]A."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    both = _add(BASE, minus)
    total = NEUTRAL
    for bit in range(max(s.bit_length(), h.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        in_s, in_h = s >> bit & 1, h >> bit & 1
        if in_s or in_h:
            total = _add(total, both if in_s and in_h else BASE if in_s else minus)
    return _bytes(total) == signature[:32]


# ---------------------------------------------------------------- hashes and proofs (RFC 6962)


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 of `data`."""
    return hashlib.sha256(data).digest()


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of an entry's bytes as a leaf."""
    return sha256(b"\x00" + body)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right)


def root_by_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes | None:
    """Return the root that the proof leads to from `leaf`, None when the proof has the wrong length."""
    if size == 1:
        return leaf if not proof else None
    if not proof:
        return None
    half = 1 << ((size - 1).bit_length() - 1)
    if index < half:
        left = root_by_inclusion(index, half, leaf, proof[:-1])
        return None if left is None else node_hash(left, proof[-1])
    right = root_by_inclusion(index - half, size - half, leaf, proof[:-1])
    return None if right is None else node_hash(proof[-1], right)


def roots_by_consistency(
    old: int, new: int, proof: list[bytes], old_root: bytes, whole: bool = True
) -> tuple[bytes, bytes] | None:
    """Return the two roots (of `old`, of `new`) that the proof leads to, None when its length is wrong."""
    if old == new:
        if whole:
            return (old_root, old_root) if not proof else None
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    half = 1 << ((new - 1).bit_length() - 1)
    if old <= half:
        inner = roots_by_consistency(old, half, proof[:-1], old_root, whole)
        return None if inner is None else (inner[0], node_hash(inner[1], proof[-1]))
    inner = roots_by_consistency(old - half, new - half, proof[:-1], old_root, False)
    return None if inner is None else (node_hash(proof[-1], inner[0]), node_hash(proof[-1], inner[1]))


# ---------------------------------------------------------------- reading


def strict_json(text: str) -> object:
    """Read JSON; a key twice, NaN or depth beyond reason is refused with ValueError."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key stands twice")
        return found

    def refuse(word: str) -> object:
        raise ValueError(word)

    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def number(value: object) -> int | None:
    """Return a whole number from 0 up to any log's size, else None."""
    return value if type(value) is int and 0 <= value < LARGEST else None


def hash_of(value: object) -> bytes | None:
    """Return the 32 bytes of 64 lower-case hex digits, else None."""
    return bytes.fromhex(value) if isinstance(value, str) and HEX32.match(value) else None


def hash_list(value: object) -> list[bytes] | None:
    """Return a list of hashes, else None."""
    if not isinstance(value, list) or len(value) > 130:
        return None
    steps = [hash_of(step) for step in value]
    return None if None in steps else [step for step in steps if step is not None]


def utf8(value: object) -> bytes | None:
    """Return the bytes of a text, None when it is none or holds half characters."""
    if not isinstance(value, str):
        return None
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError:
        return None


def listed(value: object) -> list[object]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def entry_fields(body: bytes) -> dict[str, object] | None:
    """Return the fields of an entry's bytes, None when they are not an entry in its one canonical form."""
    try:
        fields = strict_json(body.decode("utf-8"))
        if not isinstance(fields, dict) or canonical(fields) != body:
            return None
    except (ValueError, UnicodeError):
        return None
    if number(fields.get("index")) is None:
        return None
    texts = ENTRY_TEXTS + (OPENING_TEXTS if fields["index"] == 0 else ())
    if set(fields) != {*texts, "index", "proof"} or not all(isinstance(fields[name], str) for name in texts):
        return None
    return fields if INSTANT.match(str(fields["at"])) else None


def canonical(value: object) -> bytes:
    """Return the one JSON form: keys in order, UTF-8, no spaces."""
    try:
        return json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        ).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deeply") from None


class Note:
    """A signed text: its lines, its signatures; a checkpoint or a manifest."""

    def __init__(self, text: str, title: str, names: tuple[str, ...]) -> None:
        signed, gap, below = text.partition("\n\n")
        lines = signed.split("\n")
        if not gap or lines[0] != title or len(lines) != len(names) + 1:
            raise ValueError("not a signed text of this kind")
        self.values: dict[str, str] = {}
        for name, line in zip(names, lines[1:]):
            word, space, value = line.partition(" ")
            if word != name or not space:
                raise ValueError("a line is missing: " + name)
            self.values[name] = value
        self.text = (signed + "\n").encode("utf-8")
        self.signatures = [_signature(line) for line in below.split("\n") if line]
        if not self.signatures:
            raise ValueError("no signature")
        size = self.values["size"]
        if not re.match(r"[1-9][0-9]{0,17}\Z", size, re.ASCII):
            raise ValueError("size")
        self.size = int(size)
        root = hash_of(self.values["root"])
        instant = self.values.get("at") or self.values.get("made") or ""
        if root is None or not INSTANT.match(instant):
            raise ValueError("root or time")
        self.root, self.at = root, instant
        self.node, self.algorithm = self.values["node"], self.values["hash"]

    @property
    def key(self) -> str:
        """Return the fingerprint of the key that signs for the node."""
        return hashlib.sha256(self.signatures[0][2]).hexdigest()


def _signature(line: str) -> tuple[str, str, bytes, bytes]:
    parts = line.split(" ")
    if len(parts) != 5 or parts[0] != "signed" or not HEX.match(parts[3]) or not HEX.match(parts[4]):
        raise ValueError("a signature line is not built as it should be")
    return parts[1], parts[2], bytes.fromhex(parts[3]), bytes.fromhex(parts[4])


def read_checkpoint(text: object) -> Note | None:
    """Return the checkpoint, None when the text is none."""
    if utf8(text) is None:
        return None
    try:
        return Note(str(text), CHECKPOINT, ("node", "hash", "size", "root", "at"))
    except ValueError:
        return None


def read_manifest(text: object) -> Note | None:
    """Return the manifest of an extract, None when the text is none."""
    if utf8(text) is None:
        return None
    names = ("node", "hash", "scope", "made", "size", "root", "entries", "contents")
    try:
        return Note(str(text), EXTRACT, names)
    except ValueError:
        return None


def check_signatures(report: Report, note: Note, place: str, expected: list[str]) -> bool:
    """Check every signature below a text; the first must be the node's own."""
    good = True
    for position, (who, algorithm, public, signature) in enumerate(note.signatures):
        report.signatures += 1
        foreign = position == 0 and who != "node:" + note.node
        if foreign or algorithm != "ed25519" or not ed25519_holds(public, signature, note.text):
            report.tell("wrong_signature", place, note.size, detail=who)
            good = False
    if good:
        report.keys.add(note.key)
    if expected and note.key not in expected:
        report.tell("unexpected_key", place, note.size, detail=note.key)
        good = False
    return good


# ---------------------------------------------------------------- an extract


class Shown:
    """One entry of an extract as the file gives it."""

    def __init__(self, index: int, body: bytes, fields: dict[str, object], raw: dict[str, object]) -> None:
        self.index, self.body, self.fields, self.raw = index, body, fields, raw


def verify_extract(
    report: Report, data: dict[str, object], expected: list[str], kept: Note | None
) -> list[Shown]:
    """Verify an extract; return the entries that can be read."""
    manifest = read_manifest(data.get("manifest"))
    checkpoints = _checkpoints(report, data, expected)
    if manifest is None:
        report.tell("unreadable", "manifest")
    else:
        check_signatures(report, manifest, "manifest", expected)
        _fits(report, manifest, checkpoints)
    contents = _contents(report, data, manifest)
    shown = _entries(report, data, contents)
    last = checkpoints[-1] if checkpoints else manifest
    if last is not None:
        _prove(report, shown, last)
        _keys_named(report, shown, [*checkpoints, *([manifest] if manifest else [])])
    _payloads(report, shown, contents)
    _times(report, shown, last)
    proofs = _proofs(report, data)
    _consistent(report, checkpoints, proofs)
    if kept is not None and last is not None:
        _continues(report, kept, checkpoints, proofs)
    states = [str(one.raw.get("state")) for one in shown]
    report.say(
        "extract",
        last.node if last else "?",
        len(shown),
        states.count("shown"),
        states.count("withheld"),
        states.count("erased"),
        last.size if last else "?",
    )
    if last is not None:
        report.say("root", last.root.hex())
    return shown


def _checkpoints(report: Report, data: dict[str, object], expected: list[str]) -> list[Note]:
    found: list[Note] = []
    for text in listed(data.get("checkpoints")):
        note = read_checkpoint(text)
        if note is None:
            report.tell("unreadable", "file", detail="checkpoint")
            continue
        check_signatures(report, note, "checkpoint", expected)
        if note.algorithm != "sha256":
            report.tell("wrong_checkpoint", "checkpoint", note.size, detail="hash " + note.algorithm)
        if found and (note.size <= found[-1].size or note.at < found[-1].at or note.node != found[-1].node):
            report.tell("wrong_checkpoint", "checkpoint", note.size)
        found.append(note)
    if not found:
        report.tell("unreadable", "file", detail="checkpoints")
    found.sort(key=lambda note: note.size)
    return found


def _fits(report: Report, manifest: Note, checkpoints: list[Note]) -> None:
    """The manifest names the last checkpoint; a shorter one means that the end is gone."""
    if not checkpoints:
        return
    last = checkpoints[-1]
    if last.size < manifest.size:
        report.tell("cut", "entries", last.size, manifest.size - 1)
    elif last.size > manifest.size or last.root != manifest.root or last.node != manifest.node:
        report.tell("wrong_checkpoint", "checkpoint", last.size, detail="manifest")


def _contents(report: Report, data: dict[str, object], manifest: Note | None) -> dict[int, str]:
    """Return what the extract was signed to contain: index and state of the payload."""
    raw = data.get("contents")
    found: dict[int, str] = {}
    for row in listed(raw):
        if (
            not isinstance(row, list)
            or len(row) != 2
            or number(row[0]) is None
            or not isinstance(row[1], str)
        ):
            report.tell("unreadable", "manifest", detail="contents")
            continue
        found[row[0]] = row[1]
    if manifest is not None:
        report.hashes += 1
        try:
            same = hashlib.sha256(canonical(raw)).hexdigest() == manifest.values["contents"]
        except (ValueError, TypeError):
            same = False
        if not same or manifest.values["entries"] != str(len(found)):
            report.tell("contents_changed", "manifest")
    return found


def _entries(report: Report, data: dict[str, object], contents: dict[int, str]) -> list[Shown]:
    """Return the readable entries in order of index; tell what is there twice, missing, foreign or out of place."""
    found: dict[int, Shown] = {}
    highest, present = -1, set()
    for raw in listed(data.get("entries")):
        index = number(raw.get("index")) if isinstance(raw, dict) else None
        if index is None or not isinstance(raw, dict):
            report.tell("unreadable", "file", detail="entry")
            continue
        if index in present or index not in contents:
            report.tell("inserted", "entry", index)
            if index in present:
                continue
        elif index < highest:
            report.tell("reordered", "entry", index)
        present.add(index)
        highest = max(highest, index)
        one = _entry(report, index, raw)
        if one is not None:
            found[index] = one
    for index in sorted(set(contents) - present):
        report.tell("removed", "entry", index)
    return [found[index] for index in sorted(found)]


def _entry(report: Report, index: int, raw: dict[str, object]) -> Shown | None:
    body = utf8(raw.get("body"))
    fields = None if body is None else entry_fields(body)
    if body is None or fields is None:
        report.tell("changed", "entry", index, detail="body")
        return None
    return Shown(index, body, fields, raw)


def _prove(report: Report, shown: list[Shown], last: Note) -> None:
    """Hold every entry against the root by its inclusion proof."""
    for one in shown:
        report.hashes += 1
        claimed = one.fields["index"]
        if one.index >= last.size:
            report.tell("inserted", "entry", one.index)
        elif claimed != one.index:
            report.tell("reordered", "entry", one.index, detail=f"index {claimed}")
        else:
            proof = hash_list(one.raw.get("proof"))
            if (
                proof is None
                or root_by_inclusion(one.index, last.size, leaf_hash(one.body), proof) != last.root
            ):
                report.tell("changed", "entry", one.index)
        if one.fields["node"] != last.node:
            report.tell("inserted", "entry", one.index, detail="node")


def _keys_named(report: Report, shown: list[Shown], notes: list[Note]) -> None:
    """The log itself names the node's key: entry 0, and an entry for each change of the key."""
    named: list[tuple[int, str]] = []
    for one in shown:
        if one.index == 0:
            named.append((0, str(one.fields["key"])))
            if one.fields["alg"] != "sha256" or one.fields["format"] != LEDGER:
                report.tell("unreadable", "entry", 0, detail="alg, format")
        elif one.fields["act"] == "ledger.key.changed":
            named.append((one.index, str(one.fields["subject"]).partition(":")[2]))
    for note in notes:
        before = [key for index, key in named if index < note.size]
        if before and before[-1] != note.key:
            place = "manifest" if "contents" in note.values else "checkpoint"
            report.tell("wrong_key", place, note.size, detail=note.key)


def _payloads(report: Report, shown: list[Shown], contents: dict[int, str]) -> None:
    hashes = {str(one.fields["payload_hash"]): one.index for one in shown}
    erased = {
        str(one.fields["subject"]): one.index for one in shown if one.fields["act"] == "ledger.payload.erased"
    }
    for one in shown:
        state = one.raw.get("state")
        if one.index in contents and state != contents[one.index]:
            report.tell("payload_missing", "entry", one.index, detail="state")
        if state == "shown":
            _payload(report, one, hashes)
        elif one.raw.get("payload") is not None or one.raw.get("salt") is not None:
            report.tell("payload_changed", "entry", one.index, detail="state")
        elif state == "erased":
            if erased.get(f"entry:{one.index}", -1) <= one.index:
                report.tell("payload_missing", "entry", one.index)
        elif state != "withheld":
            report.tell("payload_missing", "entry", one.index)


def _payload(report: Report, one: Shown, hashes: dict[str, int]) -> None:
    report.hashes += 1
    salt, payload = hash_of(one.raw.get("salt")), utf8(one.raw.get("payload"))
    if salt is None or payload is None:
        report.tell("payload_missing", "entry", one.index)
        return
    value = sha256(salt + payload).hex()
    if value != one.fields["payload_hash"]:
        owner = hashes.get(value)
        if owner is None:
            report.tell("payload_changed", "entry", one.index)
        else:
            report.tell("payload_swapped", "entry", one.index, detail=f"entry {owner}")


def _times(report: Report, shown: list[Shown], last: Note | None) -> None:
    before = ""
    for one in shown:
        at = str(one.fields["at"])
        if at < before:
            report.tell("time_backwards", "entry", one.index)
        before = max(before, at)
        if last is not None and at > last.at:
            report.tell("later_than_checkpoint", "entry", one.index)


def _proofs(report: Report, data: dict[str, object]) -> dict[tuple[int, int], list[bytes]]:
    found: dict[tuple[int, int], list[bytes]] = {}
    for raw in listed(data.get("consistency")):
        old = number(raw.get("old")) if isinstance(raw, dict) else None
        new = number(raw.get("new")) if isinstance(raw, dict) else None
        proof = hash_list(raw.get("proof")) if isinstance(raw, dict) else None
        if old is None or new is None or proof is None:
            report.tell("unreadable", "file", detail="consistency")
            continue
        found[(old, new)] = proof
    return found


def _consistent(report: Report, checkpoints: list[Note], proofs: dict[tuple[int, int], list[bytes]]) -> None:
    for old, new in zip(checkpoints, checkpoints[1:]):
        report.hashes += 1
        if not _leads(old, new, proofs.get((old.size, new.size))):
            report.tell("not_consistent", "checkpoint", new.size, detail=f"{old.size}, {new.size}")


def _leads(old: Note, new: Note, proof: list[bytes] | None) -> bool:
    if old.size == new.size:
        return old.root == new.root
    if proof is None or not 0 < old.size < new.size:
        return False
    return roots_by_consistency(old.size, new.size, proof, old.root) == (old.root, new.root)


def _continues(
    report: Report, kept: Note, checkpoints: list[Note], proofs: dict[tuple[int, int], list[bytes]]
) -> None:
    """Hold the extract against the checkpoint that the auditor kept from earlier."""
    last = checkpoints[-1] if checkpoints else None
    if last is None:
        return
    same = [note for note in checkpoints if note.size == kept.size]
    if kept.node != last.node:
        report.tell("forked", "checkpoint", kept.size, detail="node " + kept.node)
    elif kept.size > last.size:
        report.tell("cut", "entries", last.size, kept.size - 1)
    elif same:
        if same[0].root != kept.root:
            report.tell("forked", "checkpoint", kept.size)
        else:
            report.say("continues")
    elif (kept.size, last.size) not in proofs:
        report.tell("not_compared", "checkpoint", kept.size)
    elif _leads(kept, last, proofs[(kept.size, last.size)]):
        report.say("continues")
    else:
        report.tell("forked", "checkpoint", kept.size)


# ---------------------------------------------------------------- the whole log

BLOCK = 1 << 20  # bytes read at a time

# A line and an entry as the server writes nearly all of them. Many of these are found, hashed and compared at once;
# wherever anything else comes, or anything differs, the same lines are read one by one, and what is wrong is named.
LINE = re.compile(rb'^\{"index":(0|[1-9][0-9]{0,17}),"leaf":"([0-9a-f]{64})","body":"(.*)"\}$', re.MULTILINE)
TEXT = rb'"([^"\n]*)"'
ENTRY = re.compile(
    rb'^\{"act":'
    + TEXT
    + rb',"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)","basis":"[^"\n]*","cause":"[^"\n]*"'
    + rb',"desk":'
    + TEXT
    + rb',"index":(0|[1-9][0-9]{0,17}),"node":'
    + TEXT
    + rb',"payload_hash":"[^"\n]*","post":"[^"\n]*","proof":null,"subject":'
    + TEXT
    + rb"\}$",
    re.MULTILINE,
)
CHECKPOINT_LINE = re.compile(rb'^\{"checkpoint".*\n', re.MULTILINE)
UNUSUAL = bytes([92, *(code for code in range(32) if code != 10)])  # backslash and control characters


class Leaves:
    """The leaf of each entry by its number: a run without gap from 0 on, 32 bytes each, and what stands apart."""

    def __init__(self) -> None:
        self.run, self.apart = bytearray(), {}  # type: ignore[var-annotated]

    def __len__(self) -> int:
        return len(self.run) // 32 + len(self.apart)

    def __contains__(self, index: int) -> bool:
        return index < len(self.run) // 32 or index in self.apart

    def __getitem__(self, index: int) -> bytes:
        at = index * 32
        return bytes(self.run[at : at + 32]) if at < len(self.run) else self.apart[index]

    def put(self, index: int, leaf: bytes) -> None:
        """Keep a leaf; those that stood apart join the run when the gap before them is closed."""
        self.apart[index] = leaf
        while len(self.run) // 32 in self.apart:
            self.run += self.apart.pop(len(self.run) // 32)

    def part(self, start: int, end: int) -> list[bytes]:
        """Return the leaves [start, end) of the run."""
        piece = bytes(self.run[start * 32 : end * 32])
        return [piece[at : at + 32] for at in range(0, len(piece), 32)]


class WholeLog:
    """An export as read: leaf of each entry, the entries that an extract should hold, checkpoints."""

    def __init__(self, scope: tuple[list[str], str] | None = None) -> None:
        self.size: int | None = None
        self.node = ""
        self.leaves = Leaves()
        self.scope = scope  # subjects and jurisdiction of the extract that is compared with it
        self.asked: list[int] = []  # entries that belong into that extract
        self.keys: list[tuple[int, str]] = []
        self.checkpoints: list[Note] = []
        self.highest = -1
        self.last_at = ""
        self.doubtful: set[int] = set()  # entries already reported

    def take(self, index: int, subject: str, desk: str) -> None:
        """Note an entry that belongs into the extract."""
        if self.scope is None:
            return
        subjects, side = self.scope
        asked = any(subject == text or subject.startswith(text + "/") for text in subjects)
        if asked or (side and (desk == side or desk.startswith((side + "/", side + "-")))):
            self.asked.append(index)


def verify_export(
    report: Report,
    blocks: Iterable[bytes],
    expected: list[str],
    kept: Note | None,
    scope: tuple[list[str], str] | None = None,
) -> WholeLog:
    """Verify an export of the whole log, block by block of whole lines, then its tree."""
    log = WholeLog(scope)
    line = 0
    for block in blocks:
        try:
            block.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable("not_json") from None
        block, at = block + b"\n", 0
        if line == 0:
            line, at = 1, block.index(b"\n") + 1
            _line(report, log, block[: at - 1], line, expected)
        for found in CHECKPOINT_LINE.finditer(block, at):
            line = _lines(report, log, block[at : found.start()], line, expected)
            line = _lines(report, log, found.group(), line, expected)
            at = found.end()
        line = _lines(report, log, block[at:], line, expected)
    _count(report, log, kept)
    begun = perf_counter()
    _tree(report, log, kept)
    report.seconds["bytes"] += perf_counter() - begun
    report.say("export", log.node, len(log.leaves), len(log.checkpoints))
    report.rates = {name: round(len(log.leaves) / max(spent, 1e-6)) for name, spent in report.seconds.items()}
    report.say("speed", report.rates["bytes"], report.rates["fields"])
    return log


def _lines(report: Report, log: WholeLog, block: bytes, line: int, expected: list[str]) -> int:
    """Verify some lines, at once if they are all as they should be; return the number of the last one."""
    count = block.count(b"\n")
    if count and not _at_once(report, log, block, count):
        begun = perf_counter()
        for position, one in enumerate(block[:-1].split(b"\n"), line + 1):
            _line(report, log, one, position, expected)
        for what in report.seconds:
            report.seconds[what] += perf_counter() - begun
    return line + count


def _at_once(report: Report, log: WholeLog, block: bytes, count: int) -> bool:
    """Take `count` lines of entries that follow on the run; False, and nothing taken, if anything is not as usual."""
    begun = perf_counter()
    start = len(log.leaves)
    found = LINE.findall(block)
    if len(found) != count or log.leaves.apart or log.size is None or start + count > log.size:
        return False
    numbers, leaves, texts = zip(*found)
    text = b"\n".join(texts)
    bodies = text.translate(None, UNUSUAL)
    quotes = text.count(b'"')  # each with its backslash: the only escape that an entry of codes needs
    if text.count(b'\\"') != quotes or len(bodies) != len(text) - quotes:
        return False
    if list(map(int, numbers)) != list(range(start, start + count)):
        return False
    hashes = b"".join([hashlib.sha256(b"\x00" + body).digest() for body in bodies.split(b"\n")])
    if hashes.hex().encode("ascii") != b"".join(leaves):
        return False
    hashed = perf_counter()
    entries = ENTRY.findall(bodies)
    if len(entries) != count:
        return False
    acts, times, desks, indices, nodes, subjects = zip(*entries)
    in_order = times[0].decode() >= log.last_at and list(times) == sorted(times)
    if indices != numbers or set(nodes) != {log.node.encode("utf-8")} or not in_order:
        return False
    if b"ledger.key.changed" in acts:
        return False
    if log.scope is not None:
        for index, subject, desk in zip(range(start, start + count), subjects, desks):
            log.take(index, subject.decode("utf-8"), desk.decode("utf-8"))
    log.leaves.run += hashes
    log.highest, log.last_at = start + count - 1, times[-1].decode()
    report.hashes += count
    report.seconds["bytes"] += hashed - begun
    report.seconds["fields"] += perf_counter() - hashed
    return True


def _line(report: Report, log: WholeLog, text: bytes, position: int, expected: list[str]) -> None:
    """Verify one line of any kind and name what is wrong with it."""
    try:
        raw = strict_json(text.decode("utf-8"))
    except ValueError:
        raw = None
    if not isinstance(raw, dict):
        report.tell("unreadable", "line", position)
    elif position == 1:
        log.size, log.node = number(raw.get("size")), str(raw.get("node"))
        if raw.get("hash") != "sha256" or log.size is None:
            report.tell("unreadable", "line", 1, detail="hash, size")
    elif "checkpoint" in raw:
        _line_checkpoint(report, log, raw["checkpoint"], position, expected)
    else:
        _line_entry(report, log, raw, position)


def _line_checkpoint(report: Report, log: WholeLog, text: object, line: int, expected: list[str]) -> None:
    note = read_checkpoint(text)
    if note is None:
        report.tell("unreadable", "line", line, detail="checkpoint")
        return
    check_signatures(report, note, "checkpoint", expected)
    named = [key for index, key in log.keys if index < note.size]
    if named and named[-1] != note.key:
        report.tell("wrong_key", "checkpoint", note.size, detail=note.key)
    before = log.checkpoints[-1] if log.checkpoints else None
    if note.node != log.node or note.algorithm != "sha256":
        report.tell("wrong_checkpoint", "checkpoint", note.size, detail="node, hash")
    elif before is not None and (note.size <= before.size or note.at < before.at):
        report.tell("wrong_checkpoint", "checkpoint", note.size, detail="order")
    elif note.size == len(log.leaves) and note.at < log.last_at:
        report.tell("later_than_checkpoint", "entry", note.size - 1)
    log.checkpoints.append(note)


def _line_entry(report: Report, log: WholeLog, raw: dict[str, object], line: int) -> None:
    index, body, leaf = number(raw.get("index")), utf8(raw.get("body")), hash_of(raw.get("leaf"))
    if index is None or body is None or leaf is None:
        report.tell("unreadable", "line", line)
        return
    report.hashes += 1
    fields = entry_fields(body)
    if index in log.leaves or (log.size is not None and index >= log.size):
        report.tell("inserted", "entry", index)
        return
    if index < log.highest:
        report.tell("reordered", "entry", index)
    log.leaves.put(index, leaf)
    if fields is not None and fields["index"] != index:
        report.tell("reordered", "entry", index, detail=f"index {fields['index']}")
        log.doubtful.add(index)
    elif fields is None or leaf_hash(body) != leaf:
        report.tell("changed", "entry", index)
        log.doubtful.add(index)
    else:
        _take(report, log, index, fields)
    log.highest = max(log.highest, index)


def _take(report: Report, log: WholeLog, index: int, fields: dict[str, object]) -> None:
    at = str(fields["at"])
    if at < log.last_at:
        report.tell("time_backwards", "entry", index)
    log.last_at = max(log.last_at, at)
    log.take(index, str(fields["subject"]), str(fields["desk"]))
    if fields["node"] != log.node:
        report.tell("inserted", "entry", index, detail="node")
    if index == 0:
        log.keys.append((0, str(fields["key"])))
        if fields["alg"] != "sha256" or fields["format"] != LEDGER:
            report.tell("unreadable", "entry", 0, detail="alg, format")
    elif fields["act"] == "ledger.key.changed":
        log.keys.append((index, str(fields["subject"]).partition(":")[2]))


def _count(report: Report, log: WholeLog, kept: Note | None) -> None:
    """Tell gaps, and an end that is gone."""
    expected = len(log.leaves.run) // 32
    for index in sorted(log.leaves.apart):
        if index > expected:
            report.tell("removed", *_place(expected, index - 1))
        expected = index + 1
    signed = max([note.size for note in log.checkpoints] + [log.size or 0] + ([kept.size] if kept else []))
    if signed > expected:
        report.tell("cut", *_place(expected, signed - 1))


def _place(first: int, last: int) -> tuple:  # type: ignore[type-arg]
    return ("entry", first) if first == last else ("entries", first, last)


def _tree(report: Report, log: WholeLog, kept: Note | None) -> None:
    """Grow the tree over the leaves and hold its root against every checkpoint; stop at the first gap."""
    wanted: dict[int, list[Note]] = {}
    for note in log.checkpoints:
        wanted.setdefault(note.size, []).append(note)
    end = len(log.leaves.run) // 32
    stops = {*wanted, end, *([kept.size] if kept else [])}
    waiting: list[bytes | None] = []
    good, told, index, root = 0, False, 0, b""
    for stop in sorted(size for size in stops if 0 < size <= end):
        for start in range(index, stop, 1 << 16):
            grow(waiting, log.leaves.part(start, min(start + (1 << 16), stop)))
        index, root = stop, root_of(waiting)
        for note in wanted.get(index, []):
            report.hashes += 1
            if note.root == root:
                good = index
            elif not told:
                told = True
                if not any(good <= one < index for one in log.doubtful):
                    report.tell("wrong_root", *_place(good, index - 1))
        if kept is not None and kept.size == index:
            if kept.root == root and kept.node == log.node:
                report.say("continues")
            else:
                report.tell("forked", "checkpoint", kept.size)
    if end:
        report.say("root", root.hex())
    if good < len(log.leaves) and not report.findings:
        report.say("unsigned", len(log.leaves) - good)


def grow(waiting: list[bytes | None], leaves: list[bytes]) -> None:
    """Add leaves at the right of a tree; `waiting[n]` is its complete subtree of height n that has no neighbour yet."""
    height = 0
    while leaves:
        if height == len(waiting):
            waiting.append(None)
        first = waiting[height]
        if first is not None:
            leaves = [first, *leaves]
        waiting[height] = leaves[-1] if len(leaves) % 2 else None
        sha = hashlib.sha256
        leaves = [sha(b"\x01" + left + right).digest() for left, right in zip(leaves[::2], leaves[1::2])]
        height += 1


def root_of(waiting: list[bytes | None]) -> bytes:
    """Return the root over the complete subtrees, given from the lowest to the highest."""
    root = b""
    for peak in waiting:
        if peak is not None:
            root = node_hash(peak, root) if root else peak
    return root


# ---------------------------------------------------------------- an extract against the whole log


def scope_of(data: dict[str, object]) -> tuple[list[str], str] | None:
    """Return what an extract is about: subjects, and the jurisdiction whose own entries it holds."""
    manifest = read_manifest(data.get("manifest"))
    try:
        scope = strict_json(manifest.values["scope"]) if manifest else None
    except ValueError:
        scope = None
    if not isinstance(scope, dict):
        return None
    side = scope.get("jurisdiction")
    subjects = [text for text in listed(scope.get("subjects")) if isinstance(text, str)]
    return subjects, side if isinstance(side, str) else ""


def compare(report: Report, data: dict[str, object], shown: list[Shown], log: WholeLog) -> None:
    """Find what the extract left out of its own scope, and what differs from the whole log."""
    manifest = read_manifest(data.get("manifest"))
    if manifest is None or log.scope is None:
        report.tell("unreadable", "manifest", detail="scope")
        return
    present = {one.index: one for one in shown}
    for index in sorted(log.asked):
        if index < manifest.size and index not in present:
            report.tell("left_out", "entry", index)
    for index, one in present.items():
        if index in log.leaves and leaf_hash(one.body) != log.leaves[index]:
            report.tell("differs_from_log", "entry", index)


# ---------------------------------------------------------------- the command


def open_file(path: str) -> BinaryIO:
    """Open a file, or standard input, for its bytes; what cannot be opened is Unreadable."""
    try:
        return sys.stdin.buffer if path == "-" else open(path, "rb")
    except OSError:
        raise Unreadable("no_file", path) from None


def read_text(file: BinaryIO, begun: bytes = b"") -> str:
    """Return the text of a file after what was read of it already; whatever is no text is Unreadable."""
    try:
        return (begun + file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not_json") from None
    except OSError as odd:
        raise Unreadable("no_file", str(odd)) from None


def begin(file: BinaryIO) -> tuple[bytes, bool]:
    """Read the first line, or the beginning of a long one; tell whether a whole log begins with it."""
    try:
        first = file.readline(1 << 16)
    except OSError as odd:
        raise Unreadable("no_file", str(odd)) from None
    try:
        head = _object(first.decode("utf-8-sig").rstrip("\n"))
    except UnicodeDecodeError:
        head = None
    return first, head is not None and head.get("format") == EXPORT


def blocks(file: BinaryIO, first: bytes) -> Iterator[bytes]:
    """Yield the file in blocks of whole lines, without the newline that ends each block and those at the very end."""
    begun = [first[3:] if first.startswith(b"\xef\xbb\xbf") else first]
    while True:
        data = file.read(BLOCK)
        if not data:
            break
        cut = data.rfind(b"\n", 0, len(data.rstrip(b"\n")))
        if cut < 0:
            begun.append(data)
            continue
        yield b"".join([*begun, data[:cut]])
        begun = [data[cut + 1 :]]
    last = b"".join(begun).rstrip(b"\n")
    if last:
        yield last


def verify(
    file: BinaryIO, expected: list[str], kept: Note | None = None, log_file: BinaryIO | None = None
) -> tuple[Report, str]:
    """Verify a file of either kind; raise Unreadable when it is of neither."""
    report = Report()
    first, whole_log = begin(file)
    if whole_log:
        verify_export(report, blocks(file, first), expected, kept)
        return report, "export"
    whole = _object(read_text(file, first))
    if whole is None:
        raise Unreadable("not_json")
    if whole.get("format") != EXTRACT:
        raise Unreadable("not_ours")
    shown = verify_extract(report, whole, expected, kept)
    if log_file is not None:
        first, whole_log = begin(log_file)
        if not whole_log:
            raise Unreadable("not_ours")
        log = verify_export(report, blocks(log_file, first), expected, kept, scope_of(whole))
        compare(report, whole, shown, log)
    return report, "extract"


def verify_text(
    text: str, expected: list[str], kept: Note | None = None, log_text: str | None = None
) -> tuple[Report, str]:
    """Verify a text of either kind, as `verify` does a file."""
    log_file = None if log_text is None else io.BytesIO(log_text.encode("utf-8"))
    return verify(io.BytesIO(text.encode("utf-8")), expected, kept, log_file)


def _object(text: str) -> dict[str, object] | None:
    try:
        value = strict_json(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _language(asked: str | None) -> int:
    if asked:
        return 0 if asked == "zh" else 1
    words = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return 0 if words.lower().startswith("zh") else 1


def in_words(finding: tuple[str, str, tuple[int, ...], str], language: int) -> str:
    """Return a finding as one line in the language (0 zh, 1 en)."""
    kind, place, numbers, detail = finding
    where = SAYS[place][language].format(*numbers)
    if language == 0:
        return f"[{kind}] {where}：{WORDS[kind][0]}" + (f"（{detail}）" if detail else "")
    return f"[{kind}] {where}: {WORDS[kind][1]}" + (f" ({detail})" if detail else "")


def _print_words(report: Report, expected: list[str], language: int, most: int = 200) -> None:
    out = []
    for fact, values in report.facts:
        out.append(SAYS[fact][language].format(*values))
    out.append(SAYS["checked"][language].format(report.hashes, report.signatures))
    out.extend(SAYS["key"][language].format(key) for key in sorted(report.keys))
    if expected and report.keys and report.keys <= set(expected):
        out.append(SAYS["key_as_given"][language])
    elif not expected:
        out.append(SAYS["compare"][language])
    out.extend("✗ " + in_words(finding, language) for finding in report.findings[:most])
    if len(report.findings) > most:
        out.append(SAYS["more"][language].format(len(report.findings) - most))
    if report.findings:
        out.append(SAYS["fails"][language].format(len(report.findings)))
    else:
        out.append("✓ " + SAYS["holds"][language])
    _write("\n".join(out))


def _print_json(report: Report, language: int) -> None:
    findings = [
        {"kind": f[0], "place": f[1], "numbers": list(f[2]), "detail": f[3], "text": in_words(f, language)}
        for f in report.findings
    ]
    result = {
        "holds": not report.findings,
        "findings": findings,
        "hashes": report.hashes,
        "signatures": report.signatures,
        "keys": sorted(report.keys),
        **({"entries_a_second": report.rates} if report.rates else {}),
    }
    _write(json.dumps(result, ensure_ascii=False, indent=1))


def _write(text: str) -> None:
    sys.stdout.buffer.write((text + "\n").encode("utf-8", errors="backslashreplace"))
    sys.stdout.buffer.flush()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tongxin_verify.py",
        description=(
            "Verifies an extract or a whole export of a Tongxin ledger, off-line. "
            "/ 离线验证同心存证账本的节录或完整导出。"
        ),
        epilog=(
            "Exit codes / 退出码: 0 it holds 验证通过 · 1 something does not hold 发现问题 · "
            "2 wrong use 用法错误 · 3 no ledger file at all 不是账本文件"
        ),
    )
    parser.add_argument(
        "file", help="extract (.json) or whole log (.jsonl); - for standard input / 节录或完整账本文件"
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="SHA-256 of the node's public key, got by another way than the file; may be given again "
        "/ 从其他途径得到的节点密钥指纹，可重复给出",
    )
    parser.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="a checkpoint that you kept from earlier: the log must continue it / 先前保存的检查点",
    )
    parser.add_argument(
        "--log",
        metavar="FILE",
        help="the whole log: shows whether the extract left anything out / 完整账本，用来查节录有无遗漏",
    )
    parser.add_argument("--lang", choices=["zh", "en"], help="language of the findings / 结果的语言")
    parser.add_argument("--json", action="store_true", help="print the result for machines / 以 JSON 输出")
    return parser.parse_args(argv)


def _run(options: argparse.Namespace, language: int) -> int:
    expected = [key.strip().lower().replace(":", "") for key in options.key]
    if any(not HEX32.match(key) for key in expected):
        _write("--key: 64 hex digits / 应为 64 位十六进制数")
        return USAGE
    kept = None
    if options.checkpoint:
        kept = read_checkpoint(read_text(open_file(options.checkpoint)))
        if kept is None:
            raise Unreadable("not_checkpoint")
    log_file = open_file(options.log) if options.log else None
    report, _kind = verify(open_file(options.file), expected, kept, log_file)
    if kept is not None:
        check_signatures(report, kept, "checkpoint", expected)
    if options.json:
        _print_json(report, language)
    else:
        _print_words(report, expected, language)
    return FAULTS if report.findings else HOLDS


def main(argv: list[str] | None = None) -> int:
    """Run the command; whatever the files hold, answer with words and an exit code, never with a traceback."""
    options = _arguments(sys.argv[1:] if argv is None else argv)
    language = _language(options.lang)
    try:
        return _run(options, language)
    except Unreadable as found:
        fact, *values = found.args
        _write(SAYS["cannot"][language].format(SAYS[fact][language].format(*values)))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader went away
    except Exception as odd:  # noqa: BLE001 - an auditor gets an answer for any file, however it was made
        _write(SAYS["cannot"][language].format(SAYS["odd"][language].format(type(odd).__name__)))
    return UNREADABLE


if __name__ == "__main__":
    sys.exit(main())
