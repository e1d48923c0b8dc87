"""Recomputes the whole live log and names every place where it is not what was written.

Reads in passes of bounded size, so a log of any length is verified in constant memory. What it can name:
an entry changed, removed, inserted, reordered; the log cut; a payload changed or missing; a copy of a field,
a stored hash, the head or a checkpoint that no longer agrees. A payload that was erased by an entry is told,
not counted as a fault.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import BigIntegerField, Max, Q, Subquery, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.heart.ledger import keys, queries, tree
from tongxin.heart.ledger.actions import HEAD, KEY_CHANGED, split_hashes
from tongxin.heart.ledger.form import payload_hash
from tongxin.heart.ledger.models import Checkpoint, Entry, Log, TreeNode
from tongxin.shared import canonical, clock

AT_ONCE = 1000  # entries read in one statement; even, so that both leaves of a pair come together
TOP = 60  # no tree grows higher
COPIES = ("act", "desk", "post", "subject", "cause", "basis")
BODY_KEYS = frozenset(
    {"index", "at", "node", "desk", "post", "act", "subject", "cause", "basis", "payload_hash", "proof"}
)
OPENING_KEYS = frozenset({"alg", "format", "key"})


class Kind(StrEnum):
    """What is wrong, or (ERASED alone) worth telling."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    CUT = "cut"
    PAYLOAD_CHANGED = "payload_changed"
    PAYLOAD_MISSING = "payload_missing"
    PAYLOAD_ERASED = "payload_erased"
    COPY_CHANGED = "copy_changed"
    TREE_CHANGED = "tree_changed"
    HEAD_CHANGED = "head_changed"
    CHECKPOINT_CHANGED = "checkpoint_changed"
    TIME = "time_backwards"


TEXTS: dict[Kind, Any] = {
    Kind.CHANGED: _("The entry was changed after it was written."),
    Kind.REMOVED: _("The entry was removed."),
    Kind.INSERTED: _("The entry was inserted from outside; the log never appended it."),
    Kind.REORDERED: _("The entry stands at another place than it was written."),
    Kind.CUT: _("The end of the log was cut off."),
    Kind.PAYLOAD_CHANGED: _("The payload is not the one that was hashed."),
    Kind.PAYLOAD_MISSING: _("The payload is missing, and no entry says that it was erased."),
    Kind.PAYLOAD_ERASED: _("The payload was erased by a later entry; this is allowed."),
    Kind.COPY_CHANGED: _("A column that repeats the entry says something else than the entry."),
    Kind.TREE_CHANGED: _("A stored hash of the tree is not what the entries below it give."),
    Kind.HEAD_CHANGED: _("The head of the log is not what its entries give."),
    Kind.CHECKPOINT_CHANGED: _("A checkpoint does not fit: its signature, its key or its fields."),
    Kind.TIME: _("The entry is dated before the one in front of it."),
}


@dataclass(frozen=True)
class Finding:
    """One thing found, at entries [start, end) (or, for checkpoints, at that size)."""

    kind: Kind
    start: int
    end: int
    detail: str = ""

    @property
    def fault(self) -> bool:
        """Tell whether this breaks the log; an erased payload does not."""
        return self.kind is not Kind.PAYLOAD_ERASED

    @property
    def place(self) -> str:
        """Return where it is, in the active language."""
        if self.kind is Kind.CHECKPOINT_CHANGED:
            return gettext("checkpoint over %(size)d") % {"size": self.start}
        if self.end - self.start <= 1:
            return gettext("entry %(index)d") % {"index": self.start}
        return gettext("entries %(first)d to %(last)d") % {"first": self.start, "last": self.end - 1}

    @property
    def text(self) -> str:
        """Return the finding in words, in the active language."""
        return str(TEXTS[self.kind])


@dataclass
class Report:
    """What a verification found, and over what."""

    size: int = 0
    root: bytes = tree.EMPTY_ROOT
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether the log is what was written."""
        return not any(f.fault for f in self.findings)

    def tell(self, kind: Kind, start: int, end: int | None = None, detail: str = "") -> None:
        """Keep a finding."""
        self.findings.append(Finding(kind, start, start + 1 if end is None else end, detail))


def verify_log() -> Report:
    """Verify the whole log of this database. Safe beside running writers: what they append is left for next time."""
    last_signed = (
        Checkpoint.objects.aggregate(last=Max("size"))["last"] or 0
    )  # before the head, which only grows
    log = Log.objects.filter(pk=HEAD).first()
    report = Report()
    if log is None:
        if last_signed or Entry.objects.exists():
            report.tell(Kind.HEAD_CHANGED, 0, detail="no head row")
        return report
    _Pass(report, log, last_signed).run()
    report.findings.sort(key=lambda f: (f.start, f.end, f.kind))
    return report


@dataclass
class _Peak:
    """The hash over complete leaves as computed; None where an entry below is missing and nothing stored helps."""

    level: int
    index: int
    value: bytes | None
    sound: bool = True  # nothing below it was reported


class _Pass:
    """One pass over the log."""

    def __init__(self, report: Report, log: Log, last_signed: int) -> None:
        self.report, self.log, self.last_signed = report, log, last_signed
        self.peaks: list[_Peak] = []
        self.last_at = ""
        self.key_id = ""
        self.good_size = 0  # the largest checkpoint whose root was met
        self.bad_root_told = False

    def run(self) -> None:
        """Read the log once from the first entry to the last."""
        size = self.log.size
        for start in range(0, size, AT_ONCE):
            self._stretch(start, min(start + AT_ONCE, size))
        self.report.size = size
        self._head()
        self._beyond()

    def _stretch(self, start: int, end: int) -> None:
        rows = {
            e.index: e
            for e in Entry.objects.filter(index__gte=start, index__lt=end)
            .select_related("payload")
            .order_by("index")
        }
        nodes = _nodes_completed(start, end)
        signed = {c.size: c for c in Checkpoint.objects.filter(size__gt=start, size__lte=end)}
        self._missing([index for index in range(start, end) if index not in rows])
        bare: list[int] = []
        for index in range(start, end):
            row = rows.get(index)
            if row is None:
                self._add(_Peak(0, index, None, sound=False), nodes)
            elif _leaf_is_off(row, rows.get(index ^ 1), nodes):
                self.report.tell(Kind.TREE_CHANGED, index, detail="the stored leaf hash")
                self._add(_Peak(0, index, tree.leaf_hash(bytes(row.body)), self._entry(row, bare)), nodes)
            elif tree.leaf_hash(bytes(row.body)) != bytes(row.leaf):
                self._changed(row)
                self._add(_Peak(0, index, bytes(row.leaf), sound=False), nodes)
            else:
                self._add(_Peak(0, index, bytes(row.leaf), self._entry(row, bare)), nodes)
            if index + 1 in signed:
                self._checkpoint(signed[index + 1])
        erased = {int(e.subject.partition(":")[2]) for e in queries.erasures(bare)} if bare else set()
        for index in bare:
            self.report.tell(Kind.PAYLOAD_ERASED if index in erased else Kind.PAYLOAD_MISSING, index)

    def _missing(self, indices: list[int]) -> None:
        for first, end in _runs(indices):
            whole_tail = end == self.log.size
            self.report.tell(Kind.CUT if whole_tail else Kind.REMOVED, first, end)

    def _changed(self, row: Entry) -> None:
        fields = _fields(bytes(row.body))
        moved = fields is not None and fields["index"] != row.index
        self.report.tell(Kind.REORDERED if moved else Kind.CHANGED, row.index, detail="body and hash differ")

    def _entry(self, row: Entry, bare: list[int]) -> bool:
        """Check one row by itself; tell whether it is as it was written, as far as the row alone shows."""
        fields = _fields(bytes(row.body))
        if fields is None:
            self.report.tell(Kind.CHANGED, row.index, detail="body is not the canonical form of an entry")
            return False
        if fields["index"] != row.index:
            self.report.tell(Kind.REORDERED, row.index, detail=f"it says it is entry {fields['index']}")
            return False
        self._copies(row, fields)
        self._payload(row, fields, bare)
        self._key(row.index, fields)
        if fields["at"] < self.last_at:
            self.report.tell(Kind.TIME, row.index)
        self.last_at = max(self.last_at, fields["at"])
        return True

    def _copies(self, row: Entry, fields: dict[str, Any]) -> None:
        wrong = [name for name in COPIES if fields[name] != getattr(row, name)]
        if clock.iso(row.at) != fields["at"]:
            wrong.append("at")
        if fields["node"] != self.log.node:
            wrong.append("node")
        if wrong:
            self.report.tell(Kind.COPY_CHANGED, row.index, detail=", ".join(wrong))

    def _payload(self, row: Entry, fields: dict[str, Any], bare: list[int]) -> None:
        if not hasattr(row, "payload"):
            bare.append(row.index)
        elif payload_hash(bytes(row.payload.salt), bytes(row.payload.body)).hex() != fields["payload_hash"]:
            self.report.tell(Kind.PAYLOAD_CHANGED, row.index)

    def _key(self, index: int, fields: dict[str, Any]) -> None:
        if index == 0:
            self.key_id = fields["key"]
            if fields["alg"] != self.log.algorithm:
                self.report.tell(Kind.HEAD_CHANGED, 0, detail="hash algorithm")
        elif fields["act"] == KEY_CHANGED:
            self.key_id = fields["subject"].partition(":")[2]

    def _add(self, node: _Peak, nodes: dict[tree.Position, bytes]) -> None:
        """Grow the computed tree by one leaf and hold every node it completes against the stored one."""
        while self.peaks and self.peaks[-1].level == node.level:
            left = self.peaks.pop()
            node = self._joined(left, node, nodes.get((node.level + 1, node.index >> 1)))
        self.peaks.append(node)

    def _joined(self, left: _Peak, right: _Peak, kept: bytes | None) -> _Peak:
        level, index = left.level + 1, left.index >> 1
        sound = left.sound and right.sound
        if left.value is None or right.value is None:
            return _Peak(level, index, kept, sound)  # the stored hash stands in for what is missing
        value = tree.node_hash(left.value, right.value)
        if sound and kept != value:
            self.report.tell(
                Kind.TREE_CHANGED, index << level, (index + 1) << level, "no node" if not kept else ""
            )
            sound = False
        return _Peak(level, index, value, sound)

    def _root(self) -> bytes | None:
        values = [peak.value for peak in self.peaks]
        return None if None in values else tree.fold([v for v in values if v is not None])

    def _checkpoint(self, signed: Checkpoint) -> None:
        self.report.checkpoints += 1
        broken = _untrue(
            {
                "node": signed.node == self.log.node,
                "algorithm": signed.algorithm == keys.ALGORITHM,
                "key id": keys.fingerprint(bytes(signed.public_key)) == signed.key_id,
                "signature": _signed(signed, self.log.algorithm),
            }
        )
        odd = _untrue(
            {
                "a key that the log does not name": self.key_id in {"", signed.key_id},
                "time": clock.iso(signed.at) >= self.last_at,
            }
        )
        if broken or odd:
            self.report.tell(Kind.CHECKPOINT_CHANGED, signed.size, signed.size, ", ".join(broken + odd))
        if broken:
            return  # its root may be as wrong as the rest, and accuses nobody
        root = self._root()
        if root == bytes(signed.root):
            self.good_size = signed.size
        elif root is not None and not self.bad_root_told:
            # Every later checkpoint fails with it; the first one says between which entries the change lies.
            self.bad_root_told = True
            self._unsigned(signed.size)

    def _unsigned(self, size: int) -> None:
        """Name the entries that are not what the checkpoint at `size` was signed over, as narrowly as can be."""
        inside = [f for f in self.report.findings if self.good_size <= f.start and f.end <= size and f.fault]
        if any(f.kind in _EXPLAINS_ROOT for f in inside):
            return
        spans = [(f.end - f.start, f.start, f.end) for f in inside if f.kind is Kind.TREE_CHANGED]
        _length, start, end = min(spans, default=(0, self.good_size, size))
        self.report.tell(Kind.CHANGED, start, end, f"not what checkpoint {size} was signed over")

    def _head(self) -> None:
        log, root = self.log, self._root()
        self.report.root = root or b""
        peaks = [peak.value for peak in self.peaks]
        wrong = []
        if None not in peaks and split_hashes(bytes(log.peaks)) != peaks:
            wrong.append("peaks")
        if log.last_at is not None and self.last_at and clock.iso(log.last_at) != self.last_at:
            wrong.append("time")
        if self.key_id and log.key_id != self.key_id:
            wrong.append("key")
        if wrong and not any(f.fault and f.kind in _EXPLAINS_HEAD for f in self.report.findings):
            self.report.tell(Kind.HEAD_CHANGED, log.size, log.size, ", ".join(wrong))
        if self.last_signed > log.size:
            self.report.tell(
                Kind.CUT, log.size, self.last_signed, f"checkpoint {self.last_signed} was signed"
            )

    def _beyond(self) -> None:
        """Look for rows that no append made: entries at or past the head, nodes over leaves that do not exist."""
        size = Subquery(
            Log.objects.filter(pk=HEAD).values("size")[:1], output_field=BigIntegerField()
        )  # in one statement: writers may be at work
        for index in Entry.objects.filter(index__gte=size).values_list("index", flat=True)[:AT_ONCE]:
            self.report.tell(Kind.INSERTED, index)
        for index in Entry.objects.filter(index__lt=0).values_list("index", flat=True)[:AT_ONCE]:
            self.report.tell(Kind.INSERTED, index)
        loose = TreeNode.objects.filter(Q(level__gt=TOP) | Q(level__lt=1) | Q(index__lt=0))
        top = min(TreeNode.objects.aggregate(top=Max("level"))["top"] or 0, TOP)
        past = [TreeNode.objects.filter(level=n, index__gte=size / Value(1 << n)) for n in range(1, top + 1)]
        for nodes in [loose, *past]:
            for level, index in nodes.values_list("level", "index")[:AT_ONCE]:
                self.report.tell(Kind.TREE_CHANGED, index << level, (index + 1) << level, "no such node")


_EXPLAINS_ROOT = {Kind.CHANGED, Kind.REMOVED, Kind.REORDERED, Kind.CUT}
_EXPLAINS_HEAD = {Kind.CHANGED, Kind.REMOVED, Kind.REORDERED, Kind.CUT, Kind.TREE_CHANGED}


def _untrue(claims: dict[str, bool]) -> list[str]:
    return [claim for claim, holds in claims.items() if not holds]


def _signed(signed: Checkpoint, algorithm: str) -> bool:
    text = queries.signed_text(signed, algorithm)
    return keys.signature_holds(bytes(signed.public_key), bytes(signed.signature), text)


def _fields(body: bytes) -> dict[str, Any] | None:
    """Return the fields of a canonical entry body, None when it is anything else."""
    try:
        fields = json.loads(body)
        if not isinstance(fields, dict) or canonical.dumps(fields) != body:
            return None
    except (ValueError, TypeError, RecursionError):
        return None
    expected = BODY_KEYS | OPENING_KEYS if fields.get("index") == 0 else BODY_KEYS
    if fields.keys() != expected or not isinstance(fields["index"], int):
        return None
    texts = expected - {"index", "proof"}
    return fields if all(isinstance(fields[name], str) for name in texts) else None


def _nodes_completed(start: int, end: int) -> dict[tree.Position, bytes]:
    found: dict[tree.Position, bytes] = {}
    for level in range(1, max(end, 1).bit_length()):
        rows = TreeNode.objects.filter(level=level, index__gte=start >> level, index__lt=end >> level)
        found.update({(level, i): bytes(value) for i, value in rows.values_list("index", "hash")})
    return found


def _leaf_is_off(row: Entry, sibling: Entry | None, nodes: dict[tree.Position, bytes]) -> bool:
    """Tell whether body and stored leaf differ and the parent's hash says that the body is the right one."""
    value = tree.leaf_hash(bytes(row.body))
    if value == bytes(row.leaf) or sibling is None:
        return False
    pair = sorted([(row.index, value), (sibling.index, tree.leaf_hash(bytes(sibling.body)))])
    return nodes.get((1, row.index >> 1)) == tree.node_hash(pair[0][1], pair[1][1])


def _runs(indices: list[int]) -> list[tuple[int, int]]:
    """Return consecutive indices as spans [first, end)."""
    spans: list[tuple[int, int]] = []
    for index in indices:
        if spans and spans[-1][1] == index:
            spans[-1] = (spans[-1][0], index + 1)
        else:
            spans.append((index, index + 1))
    return spans
