"""Recomputes the whole live log and names every place where it is not what was written.

First two fast passes tell of each stretch whether it is as it was written (`passes.py`); the stretches are then joined
to one tree and held against checkpoints and head. A stretch that is not is read again entry by entry, and named. All
in parts of bounded size, so a log of any length is verified in constant memory. What it can name: an entry changed,
removed, inserted, reordered; the log cut; a payload changed or missing; a copy of a field, a stored hash, the head or a
checkpoint that no longer agrees. A payload that was erased by an entry is told, not counted as a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Max, Q, Subquery, Value
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongxin.heart.ledger import keys, queries, tree
from tongxin.heart.ledger.actions import HEAD, KEY_CHANGED, split_hashes
from tongxin.heart.ledger.crew import Crew, Span, crew
from tongxin.heart.ledger.form import payload_hash
from tongxin.heart.ledger.models import Checkpoint, Entry, Log, TreeNode
from tongxin.heart.ledger.passes import WHOLE, Bytes, Fields, entry_fields, wrong_copies
from tongxin.shared import clock

STRETCH = 8192  # entries in one task of the fast passes; a power of two
TASKS = 32  # stretches handed out before they are joined: memory is bounded by them
ALONE = 50_000  # entries up to which no child process is worth its start
AT_ONCE = 1024  # entries read in one statement where they are read one by one; a power of two
TOP = 60  # no tree grows higher


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


def as_finding(kept: list[Any]) -> Finding:
    """Return a finding as it was kept: kind, start, end, detail."""
    kind, start, end, detail = kept
    return Finding(Kind(kind), start, end, detail)


@dataclass
class Report:
    """What a verification found, and over what."""

    size: int = 0
    root: bytes = tree.EMPTY_ROOT
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)
    processes: int = 1
    seconds: dict[str, float] = field(default_factory=dict)  # spent on bytes, fields, joining, and in all

    @property
    def holds(self) -> bool:
        """Tell whether the log is what was written."""
        return not any(f.fault for f in self.findings)

    def rate(self, what: str, count: int | None = None) -> int:
        """Return how many entries a second went through `what`: bytes, fields, joining or all."""
        return round((self.size if count is None else count) / max(self.seconds.get(what, 0.0), 1e-6))

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Add the time that the block takes to what was spent on `what`."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.seconds[what] = self.seconds.get(what, 0.0) + perf_counter() - begun

    def tell(self, kind: Kind, start: int, end: int | None = None, detail: str = "") -> None:
        """Keep a finding."""
        self.findings.append(Finding(kind, start, start + 1 if end is None else end, detail))


def verify_log(processes: int = 1, *, apart: bool = False) -> Report:
    """Verify the whole log of this database; a long one with so many child processes, if more than one.

    `apart` lets even a single one be a child, so that the threads of this process are not held up. Safe beside running
    writers: what they append is left for next time.
    """
    last_signed = (
        Checkpoint.objects.aggregate(last=Max("size"))["last"] or 0
    )  # before the head, which only grows
    log = Log.objects.filter(pk=HEAD).first()
    report = Report()
    if log is None:
        if last_signed or Entry.objects.exists():
            report.tell(Kind.HEAD_CHANGED, 0, detail="no head row")
        return report
    with report.timed("all"):
        _Pass(report, log, last_signed).run(processes if log.size > ALONE else 1, apart and log.size > ALONE)
    report.findings.sort(key=lambda f: (f.start, f.end, f.kind))
    return report


@dataclass
class _Peak:
    """The hash over complete leaves as computed; None where an entry below is missing and nothing stored helps."""

    level: int
    index: int
    value: bytes | None
    sound: bool = True  # nothing below it was reported


@dataclass(frozen=True)
class _Row:
    """An entry with its payload as it is stored; `at` in the words of the entry."""

    index: int
    body: bytes
    leaf: bytes
    at: str
    act: str
    desk: str
    post: str
    subject: str
    cause: str
    basis: str
    salt: bytes | None
    payload: bytes | None


class _Pass:
    """One pass over the log."""

    def __init__(self, report: Report, log: Log, last_signed: int) -> None:
        self.report, self.log, self.last_signed = report, log, last_signed
        self.peaks: list[_Peak] = []
        self.last_at = ""
        self.key_id = ""
        self.good_size = 0  # the largest checkpoint whose root was met
        self.bad_root_told = False

    def run(self, processes: int, apart: bool) -> None:
        """Go over the log once from the first entry to the last."""
        size = self.log.size
        with crew(self.log.node, processes, apart) as workers:
            for start in range(0, size, STRETCH * TASKS):
                end = min(start + STRETCH * TASKS, size)
                self._stretches(workers, [(at, min(at + STRETCH, end)) for at in range(start, end, STRETCH)])
            self.report.processes = workers.processes
        self.report.size = size
        self._head()
        self._beyond()

    def _stretches(self, workers: Crew, spans: list[Span]) -> None:
        with self.report.timed("bytes"):
            hashed = workers.bytes_and_tree(spans)
        with self.report.timed("fields"):
            read = workers.fields_and_payloads(spans)
        with self.report.timed("joining"):
            for (start, end), tree_of, fields_of in zip(spans, hashed, read, strict=True):
                signed = {c.size: c for c in Checkpoint.objects.filter(size__gt=start, size__lte=end)}
                if self._fits(tree_of, fields_of, signed):
                    self._join(start, end, tree_of, fields_of, signed)
                else:
                    for at in range(start, end, AT_ONCE):
                        self._one_by_one(at, min(at + AT_ONCE, end), signed)

    def _fits(self, tree_of: Bytes, fields_of: Fields, signed: dict[int, Checkpoint]) -> bool:
        """Tell whether both passes found the stretch as it was written, and saw the checkpoints that are there now."""
        return (
            tree_of.whole
            and fields_of.whole
            and self.last_at <= fields_of.first_at
            and signed.keys() <= tree_of.roots.keys() & fields_of.times.keys()
        )

    def _join(
        self, start: int, end: int, tree_of: Bytes, fields_of: Fields, signed: dict[int, Checkpoint]
    ) -> None:
        """Take a stretch as the fast passes found it: hold its checkpoints, and grow the tree by it."""
        named = dict(fields_of.keys)
        if fields_of.algorithm and fields_of.algorithm != self.log.algorithm:
            self.report.tell(Kind.HEAD_CHANGED, 0, detail="hash algorithm")
        before = [peak.value for peak in self.peaks]
        for size in sorted({*signed, *(index + 1 for index in named)}):
            self.key_id = named.get(size - 1, self.key_id)
            if size in signed:
                self.last_at = fields_of.times[size]
                self._checkpoint(signed[size], _root([*before, tree_of.roots[size]]))
        self.last_at = fields_of.last_at
        above = [
            (level, (end >> level) - 1)
            for level in range(STRETCH.bit_length(), TOP)
            if not end & ((1 << level) - 1)
        ]
        nodes = queries.stored(above) if end - start == STRETCH else {}
        for (level, index), value in zip(tree.cover(start, end), tree_of.peaks, strict=True):
            self._add(_Peak(level, index, value), nodes)
        self._bare(fields_of.bare)

    def _one_by_one(self, start: int, end: int, signed: dict[int, Checkpoint]) -> None:
        """Read the entries [start, end) each by itself and name what differs."""
        rows = {row.index: row for row in _rows(start, end)}
        nodes = _nodes_completed(start, end)
        self._missing([index for index in range(start, end) if index not in rows])
        bare: list[int] = []
        for index in range(start, end):
            row = rows.get(index)
            if row is None:
                self._add(_Peak(0, index, None, sound=False), nodes)
            elif _leaf_is_off(row, rows.get(index ^ 1), nodes):
                self.report.tell(Kind.TREE_CHANGED, index, detail="the stored leaf hash")
                self._add(_Peak(0, index, tree.leaf_hash(row.body), self._entry(row, bare)), nodes)
            elif tree.leaf_hash(row.body) != row.leaf:
                self._changed(row)
                self._add(_Peak(0, index, row.leaf, sound=False), nodes)
            else:
                self._add(_Peak(0, index, row.leaf, self._entry(row, bare)), nodes)
            if index + 1 in signed:
                self._checkpoint(signed[index + 1], _root([peak.value for peak in self.peaks]))
        self._bare(bare)

    def _bare(self, indices: list[int]) -> None:
        erased = queries.erased(indices)
        for index in indices:
            self.report.tell(Kind.PAYLOAD_ERASED if index in erased else Kind.PAYLOAD_MISSING, index)

    def _missing(self, indices: list[int]) -> None:
        for first, end in _runs(indices):
            whole_tail = end == self.log.size
            self.report.tell(Kind.CUT if whole_tail else Kind.REMOVED, first, end)

    def _changed(self, row: _Row) -> None:
        fields = entry_fields(row.body)
        moved = fields is not None and fields["index"] != row.index
        self.report.tell(Kind.REORDERED if moved else Kind.CHANGED, row.index, detail="body and hash differ")

    def _entry(self, row: _Row, bare: list[int]) -> bool:
        """Check one row by itself; tell whether it is as it was written, as far as the row alone shows."""
        fields = entry_fields(row.body)
        if fields is None:
            self.report.tell(Kind.CHANGED, row.index, detail="body is not the canonical form of an entry")
            return False
        if fields["index"] != row.index:
            self.report.tell(Kind.REORDERED, row.index, detail=f"it says it is entry {fields['index']}")
            return False
        copies = (row.act, row.desk, row.post, row.subject, row.cause, row.basis)
        if wrong := wrong_copies(fields, row.at, copies, self.log.node):
            self.report.tell(Kind.COPY_CHANGED, row.index, detail=", ".join(wrong))
        if row.salt is None or row.payload is None:
            bare.append(row.index)
        elif payload_hash(row.salt, row.payload).hex() != fields["payload_hash"]:
            self.report.tell(Kind.PAYLOAD_CHANGED, row.index)
        self._key(row.index, fields)
        if fields["at"] < self.last_at:
            self.report.tell(Kind.TIME, row.index)
        self.last_at = max(self.last_at, fields["at"])
        return True

    def _key(self, index: int, fields: dict[str, Any]) -> None:
        if index == 0:
            self.key_id = fields["key"]
            if fields["alg"] != self.log.algorithm:
                self.report.tell(Kind.HEAD_CHANGED, 0, detail="hash algorithm")
        elif fields["act"] == KEY_CHANGED:
            self.key_id = fields["subject"].partition(":")[2]

    def _add(self, node: _Peak, nodes: Mapping[tree.Position, bytes]) -> None:
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

    def _checkpoint(self, signed: Checkpoint, root: bytes | None) -> None:
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
        log = self.log
        peaks = [peak.value for peak in self.peaks]
        self.report.root = _root(peaks) or b""
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


def _rows(start: int, end: int) -> list[_Row]:
    """Return the entries [start, end) as they are stored, whatever they are."""
    with connection.cursor() as cursor:
        cursor.execute(WHOLE[connection.vendor], (start, end))
        return [_row(*row) for row in cursor.fetchall()]


def _row(index: int, body: object, leaf: object, *rest: Any) -> _Row:
    words, kept = rest[:-2], rest[-2:]
    return _Row(index, _raw(body), _raw(leaf), *words, *(None if raw is None else _raw(raw) for raw in kept))


def _raw(value: object) -> bytes:
    """Return what stands in a column of bytes; a damaged one may hold text or nothing."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _root(peaks: list[bytes | None]) -> bytes | None:
    known = [peak for peak in peaks if peak is not None]
    return tree.fold(known) if len(known) == len(peaks) else None


def _nodes_completed(start: int, end: int) -> dict[tree.Position, bytes]:
    found: dict[tree.Position, bytes] = {}
    for level in range(1, max(end, 1).bit_length()):
        rows = TreeNode.objects.filter(level=level, index__gte=start >> level, index__lt=end >> level)
        found.update({(level, i): bytes(value) for i, value in rows.values_list("index", "hash")})
    return found


def _nodes_above(end: int) -> Mapping[tree.Position, bytes]:
    """Return the stored nodes, larger than a stretch, that the stretch up to `end` completes."""
    levels = range(STRETCH.bit_length(), TOP)
    return queries.stored((level, (end >> level) - 1) for level in levels if not end & ((1 << level) - 1))


def _leaf_is_off(row: _Row, sibling: _Row | None, nodes: Mapping[tree.Position, bytes]) -> bool:
    """Tell whether body and stored leaf differ and the parent's hash says that the body is the right one."""
    value = tree.leaf_hash(row.body)
    if value == row.leaf or sibling is None:
        return False
    pair = sorted([(row.index, value), (sibling.index, tree.leaf_hash(sibling.body))])
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
